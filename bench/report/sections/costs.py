"""The section on CPU time and memory of each mode, and on what TensorFlow and XLA turned its step into."""

from collections.abc import Callable
from functools import partial

from bench.analysis import costs
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.report.form.document import Column, Part, Row, Section, Table, column, measured, number_of, summary_of
from bench.report.form.wording import calls_a_step, grouping, mib, number, speedup_interval
from bench.report.sections.steady import all_slices

_READING = (
    "CPU time counts all threads of the process while it was timed; over the step's wall time it says how many cores "
    "were busy. Peak memory is the process' high-water mark, TensorFlow included; growth is from before the first "
    "slice to after the last. All from the system's own counters."
)
_INSIDE = (
    "After the timing of the first repetition each mode trains a slice under TensorFlow's profiler. *Python/dispatch "
    "overhead* is the share of that time in which the runtime executed no op: Python, dispatch, the "
    "gradient tape, feeding; *calls* are the ops or whole graphs that Python called. Operations are those of the "
    "traced graph (loop bodies included) and of the graph that runs after Grappler; HLO instructions those that XLA "
    "is given and those it runs, and how many of these are fused. Floating-point operations are those that the mode "
    "executes, by the formulas TensorFlow registers (two a multiply-add; an optimizer's update counts nothing): a "
    "graph leaves out what nothing needs, such as the gradient of the images."
)


def section(run: Run) -> Section:
    """Two tables; no parts where no block has counted any costs."""
    if not any(m.costs for _, result in run.rows() for m in result.measurements):
        return Section("", ())
    parts: tuple[Part, ...] = (_costs(run), _READING, _inside(run), _INSIDE, *_peaks(run))
    return Section(f"CPU time and memory{run.label}", parts, _summary(run))


def _summary(run: Run) -> str:
    """'tf.function 60.2 ms of CPU time a step, eager 103': the modes with the least and the most."""
    results = [result for _, result in run.rows() if result.valid and not result.case.again]
    measured_cpu = sorted((cpu.centre, r.title) for r in results if (cpu := r.summary("cpu")))
    if len(measured_cpu) < 2:
        return "What each mode asks of the machine"
    (least, first), (most, last) = measured_cpu[0], measured_cpu[-1]
    return f"From {number(1e3 * least)} ms of CPU time a step ({first}) to {number(1e3 * most)} ms ({last})"


def _costs(run: Run) -> Table:
    columns: tuple[Column, ...] = (
        column("mode", "title"),
        measured("CPU time a step (ms)", "cpu_s", 1e3),
        _speedup_column("speedup in CPU time", "cpu_ratio"),
        _speedup_column("with disturbances", "ratio_all_slices"),
        measured("cores busy", "cores"),
        Column("peak memory (MiB)", lambda row: mib(_peak(row)), "memory", _peak),
        Column("growth while timed (MiB)", _growth, "growth_bytes", partial(number_of, key="growth_bytes")),
        Column(
            "GPU memory, peak (MiB)",
            lambda row: mib(number_of(row, "device_peak_bytes")),
            "device_peak_bytes",
            partial(number_of, key="device_peak_bytes"),
        ),
    )
    rows = tuple(_costs_row(group, result) for group, result in run.rows() if not result.case.again)
    if not any(row["device_peak_bytes"] for row in rows):
        columns = columns[:-1]
    return Table("costs", columns, rows, "CPU time, cores and memory", group=grouping(run))


def _number_column(title: str, key: str, text: Callable[[Row], str], term: str = "") -> Column:
    return Column(title, text, term or key, partial(number_of, key=key))


def _speedup_column(title: str, key: str) -> Column:
    def value(row: Row) -> float | None:
        ratio = summary_of(row, key)
        return ratio.centre if ratio else None

    return Column(title, lambda row: speedup_interval(summary_of(row, key)), key, value)


def _peak(row: Row) -> float | None:
    memory = summary_of(row, "memory")
    return memory.centre if memory else None


def _costs_row(group: GroupResult, result: CaseResult) -> Row:
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "cpu_s": result.summary("cpu"),
        "cpu_ratio": (result.comparison and result.comparison.cpu) or None,
        "ratio_all_slices": all_slices(group, result) if result.comparison else None,
        "cores": result.summary("cores"),
        "memory": result.summary("memory"),
        "growth_bytes": costs.growth_bytes(result),
        "timed_steps": costs.timed_steps(result),
        "device_peak_bytes": costs.device_peak_bytes(result),
    }


def _growth(row: Row) -> str:
    growth_bytes = number_of(row, "growth_bytes")
    return "–" if growth_bytes is None else f"{growth_bytes / 2**20:+.1f} in {row['timed_steps']} steps"


def _inside(run: Run) -> Table:
    columns = (
        column("mode", "title"),
        _number_column("calls from Python, a step", "calls", lambda row: _calls(row["calls"])),
        _number_column("Python/dispatch overhead", "outside_share", _outside),
        Column("operations, after Grappler", lambda row: _from_to(row["graph_ops"], row["ops_optimised"]), "graph_ops"),
        Column("HLO instructions, optimised (fused)", _hlo, "fusions"),
        _number_column("GFLOP/s", "flops_per_s", lambda row: _number(row["flops_per_s"], 1e-9)),
        _number_column("of the matmul peak", "flops_per_s", _share_of_peak, "peak_flops_per_s"),
    )
    rows = tuple(_inside_row(group, result) for group, result in run.rows() if result.valid and not result.case.again)
    return Table("inside", columns, rows, "What TensorFlow and XLA turned the step into", group=grouping(run))


def _inside_row(group: GroupResult, result: CaseResult) -> Row:
    structure, execution = costs.structure(result), result.measurements[-1].proof.execution
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "calls": costs.calls(result),
        "outside_share": costs.outside_share(result),
        "outside_s": costs.outside_s(result),
        "graph_ops": execution.graph_ops or None,
        "ops_optimised": structure.ops_optimised,
        "hlo_instructions": execution.hlo_instructions,
        "hlo_optimised": structure.hlo_optimised,
        "fusions": structure.fusions,
        "flops": costs.flops(group, result),
        "flops_per_s": costs.rate_flops_per_s(group, result),
        "peak_flops_per_s": costs.peak_flops_per_s(group),
    }


def _outside(row: Row) -> str:
    share, seconds = number_of(row, "outside_share"), number_of(row, "outside_s")
    return "–" if share is None or seconds is None else f"{share:.0%}, {number(1e3 * seconds)} ms"


def _hlo(row: Row) -> str:
    counts = _from_to(row["hlo_instructions"], row["hlo_optimised"])
    return counts if row["fusions"] is None else f"{counts} ({row['fusions']})"


def _from_to(before: object, after: object) -> str:
    return "–" if before is None else f"{before}" if after is None else f"{before} → {after}"


def _share_of_peak(row: Row) -> str:
    rate, peak = number_of(row, "flops_per_s"), number_of(row, "peak_flops_per_s")
    return "–" if not rate or not peak else f"{rate / peak:.0%}"


def _calls(value: object) -> str:
    calls = _float(value)
    return "–" if calls is None else calls_a_step(calls)


def _number(value: object, scale: float = 1.0) -> str:
    unscaled = _float(value)
    return "–" if unscaled is None else number(unscaled * scale)


def _float(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _peaks(run: Run) -> list[str]:
    """The peak and the count behind the last columns, and an alarm where a rate exceeds the peak."""
    lines = []
    for group in run.groups:
        peak, counts = costs.peak_flops_per_s(group), _counts(group)
        if not peak or not counts:
            continue
        lines.append(
            f"- {group.title}: {counts} a step; the fastest product of two large square matrices "
            f"on this device reached {number(peak * 1e-9)} GFLOP/s."
        )
        above = [r.title for r in group.cases if (costs.rate_flops_per_s(group, r) or 0) > peak]
        if above:
            lines.append(f"- **{', '.join(above)} seem faster than that peak: do not trust these step times.**")
    return ["\n".join(lines)] if lines else []


def _counts(group: GroupResult) -> str:
    """'4.18 GFLOP', or where graphs leave something out '4.07 to 4.18 GFLOP'; '' where nothing was counted."""
    counts = [count for result in group.cases if result.measurements and (count := costs.flops(group, result))]
    texts = dict.fromkeys(number(count * 1e-9) for count in sorted(counts))
    return f"{' to '.join([*texts][:: max(1, len(texts) - 1)])} GFLOP" if texts else ""
