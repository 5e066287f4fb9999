"""The GPU's part of the section on devices: where ops ran, synchronisation, copying a batch, clocks and throttling."""

import statistics
from collections.abc import Callable, Sequence
from functools import partial

from bench import modes
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import summarise
from bench.modes import placement
from bench.records.devices import GpuLog, Placement, Reading
from bench.report.form.document import Column, Part, Row, Table, column, counted, measured, number_of
from bench.report.form.wording import grouping, number
from bench.report.sections import device_time, energy

_PLACES = (
    "Where the ops of a step ran, by the runtime's own graphs (of eager modes, op by op): all that compute with "
    "floating-point numbers must lie on the case's device, or the case is INVALID. *Moved* names the tensors that went "
    "from device to device in that step; XLA's program cannot leave its device."
)
_WAITING = (
    "The same steps with one wait for the device at the end of a slice, as they are timed, and with one after every "
    "step, as many loops print their loss; taken after the timing. *Left to do* is how long the device was still busy "
    "when the mode's own wait was over: it should be next to nothing. A mode that takes many steps a call cannot wait "
    "in between."
)
_MOVING = (
    "Moving the images of one batch from the host's memory to the GPU, nothing else running; a resident batch is not "
    "moved while it is timed, a pipeline's is. On a CPU there is nothing to move."
)
_STATE = (
    "The GPU by NVIDIA's own library, read right after each slice, not timed. Slices with throttled clocks are "
    "counted here and stay in every number."
)


def parts(run: Run) -> tuple[Part, ...]:
    """A text and a table for each topic; empty where no GPU was measured."""
    if not any(result.case.device != "cpu" and result.measurements for _, result in run.rows()):
        return ()
    topics = (
        (_PLACES, _placement(run)),
        (_WAITING, _waiting(run)),
        (device_time.METHOD, device_time.table(run)),
        (_MOVING, _moving(run)),
        (_STATE, _states(run)),
        (energy.METHOD, energy.table(run)),
    )
    return tuple(part for text, table in topics if table.rows for part in (table, text))


def _placement(run: Run) -> Table:
    columns = (
        column("mode", "title"),
        column("computing ops", "placed"),
        column("moved", "moved"),
    )
    rows = tuple(
        _placement_row(group, result, m.proof.placement)
        for group, result in run.rows()
        for m in result.measurements
        if m.proof.placement
    )
    return Table("placement", columns, rows, "Where the ops of a step ran", group=grouping(run))


def _placement_row(group: GroupResult, result: CaseResult, step: Placement) -> Row:
    program = " (one program)" if step.compiled else ""
    return {
        **_names(group, result),
        "placed": "; ".join(f"{each.device} {each.ops}{program}" for each in step.placed),
        "strangers": "; ".join(placement.strangers(step, *modes.homes_of(result.case))),
        "moved": "; ".join(step.transfers) or "nothing",
    }


def _waiting(run: Run) -> Table:
    columns = (
        column("mode", "title"),
        measured("one wait a slice (ms a step)", "once_s", 1e3),
        measured("one wait a step (ms a step)", "every_s", 1e3),
        measured("times as long", "times_as_long", sign="x"),
        Column("left to do, at most (ms)", lambda row: _ms(row["left_s"]), "left_s", partial(number_of, key="left_s")),
    )
    rows = tuple(row for group, result in run.rows() if (row := _waiting_row(group, result)))
    return Table("waiting", columns, rows, "Waiting for the device", group=grouping(run))


def _waiting_row(group: GroupResult, result: CaseResult) -> Row | None:
    synced = [m.costs.synced for m in result.measurements if m.costs and m.costs.synced]
    if not synced or not result.valid or result.case.again:
        return None
    both = [(each.once_s, each.every_s) for each in synced if each.every_s]
    return {
        **_names(group, result),
        "once_s": summarise([each.once_s for each in synced]),
        "every_s": summarise([every_s for _, every_s in both]) if both else None,
        "times_as_long": summarise([every_s / once_s for once_s, every_s in both]) if both else None,
        "left_s": max(each.left_s for each in synced),
    }


def _moving(run: Run) -> Table:
    columns = (
        counted("batch", "size", "batch_size"),
        measured("moving it (ms)", "copy_s", 1e3),
        Column("of the fastest step", lambda row: _share(row["share"]), "share", partial(number_of, key="share")),
        column("fastest mode", "title", "fastest"),
    )
    rows = tuple(row for group in run.groups if (row := _moving_row(group)))
    return Table("moving", columns, rows, "Moving a batch to the device", group=grouping(run))


def _moving_row(group: GroupResult) -> Row | None:
    copies = [m.costs.batch_copy_s for r in group.cases for m in r.measurements if m.costs and m.costs.batch_copy_s]
    steps = [(step.centre, result) for result in group.cases if (step := result.summary("step"))]
    if not copies or not steps:
        return None
    step_s, fastest = min(steps, key=lambda pair: pair[0])
    copy_s = summarise(copies)
    return {
        **_names(group, fastest),
        "size": group.workload.batch_size,
        "copy_s": copy_s,
        "share": copy_s.centre / step_s,
    }


def _states(run: Run) -> Table:
    columns = (
        column("mode", "title"),
        column("GPU", "card"),
        column("SM clock (MHz)", "sm_mhz"),
        column("memory clock (MHz)", "memory_mhz"),
        column("power (W)", "power_w"),
        column("°C, before to hottest", "temperature_c"),
        column("throttled slices", "throttled"),
        column("others on the GPU", "others"),
    )
    logs = [(group, result, [m.card for m in result.measurements if m.card]) for group, result in run.rows()]
    rows = tuple(_state_row(*of_case) for of_case in logs if of_case[2])
    return Table("card", columns, rows, "The GPU while it was timed", group=grouping(run))


def _state_row(group: GroupResult, result: CaseResult, logs: Sequence[GpuLog]) -> Row:
    readings = [reading for log in logs for reading in log.slices]
    reasons = dict.fromkeys(reason for log in logs for reason in log.reasons)
    throttled = sum(log.throttled for log in logs)
    return {
        **_names(group, result),
        "card": f"{logs[0].name or 'unknown'}, driver {logs[0].driver or 'unknown'}",
        "sm_mhz": _range(readings, lambda r: r.sm_mhz),
        "memory_mhz": _range(readings, lambda r: r.memory_mhz),
        "power_w": _range(readings, lambda r: r.power_w),
        "temperature_c": _temperatures(logs, readings),
        "throttled": f"{throttled} of {len(readings)}" + (f" ({', '.join(reasons)})" if reasons else ""),
        "others": _others(logs),
    }


def _range(readings: Sequence[Reading], value: Callable[[Reading], float | None]) -> str:
    """Median, lowest and highest: '1,980 (1,755 to 1,980)'."""
    values = [read for reading in readings if (read := value(reading)) is not None]
    if not values:
        return "–"
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:,.0f}" if low == high else f"{middle:,.0f} ({low:,.0f} to {high:,.0f})"


def _temperatures(logs: Sequence[GpuLog], readings: Sequence[Reading]) -> str:
    before = [log.before.temperature_c for log in logs if log.before.temperature_c is not None]
    during = [reading.temperature_c for reading in readings if reading.temperature_c is not None]
    return f"{min(before)} to {max(during)}" if before and during else "–"


def _others(logs: Sequence[GpuLog]) -> str:
    guests = [each for log in logs for each in (log.guests_before, log.guests_after)]
    if all(each.processes is None for each in guests):
        return "unknown"
    return ", ".join(dict.fromkeys(name for each in guests for name in each.processes or ())) or "none seen"


def _names(group: GroupResult, result: CaseResult) -> dict[str, object]:
    again = result.case.again
    return {"group": group.title, "mode": result.case.mode, "again": again, "title": result.title}


def _ms(value: object) -> str:
    return number(value * 1e3) if isinstance(value, float) else "–"


def _share(value: object) -> str:
    return f"{value:.0%}" if isinstance(value, float) else "–"
