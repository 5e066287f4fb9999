"""The section on equal work and proof of mode: that every mode computed the same thing, and ran as it claims."""

from collections.abc import Callable, Sequence
from functools import partial

from bench.analysis.gradients import (
    Floor,
    as_compared_with,
    floor_of,
    largest_gradient_difference,
    most_rounding_units,
    noise_in,
    with_noise_of,
)
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.updates import FIRST_LOSSES
from bench.analysis.validity import Tolerance, loss_differences, tolerance_of
from bench.records.proof import Evidence
from bench.records.run import Measurement
from bench.report.form.document import Column, Row, Section, Table, column, counted, number_of
from bench.report.form.wording import grouping
from bench.report.sections import later_updates


def section(run: Run) -> Section:
    """How far the cases differ from their baseline, and TensorFlow's own account of how they ran."""
    parts = (_work(run), _reading(run), *later_updates.parts(run), _modes(run))
    return Section("Equal work, and proof of mode", parts, _summary(run))


def _summary(run: Run) -> str:
    """Whether all modes computed the same thing."""
    invalid = [result.title for _, result in run.rows() if result.invalid]
    if invalid:
        return f"INVALID: {', '.join(dict.fromkeys(invalid))}"
    if not any(result.measurements for _, result in run.rows()):
        return "Nothing was measured"
    return "All modes computed the same thing, and each ran the way it claims"


def _reading(run: Run) -> str:
    loss = _tolerance(run, lambda tolerance: tolerance.loss)
    curve = _tolerance(run, lambda tolerance: tolerance.curve)
    return (
        "Before any timing each case starts from the baseline's weights and batches (compared byte for byte), and its "
        f"first loss (tolerance {loss}), its first gradients ({_gradient_tolerance(run)}) and its first five "
        f"losses ({curve}) must agree with the baseline's; else it is not timed.{_shorter(run)} The differences below "
        "are the largest over all repetitions; later losses are not compared number by number, for training amplifies "
        "rounding." + _changes(run, _tolerance(run, lambda tolerance: tolerance.change))
    )


def _tolerance(run: Run, of: Callable[[Tolerance], float]) -> str:
    """'1e-05', or '1e-05 in float32 on CPU, ...' where the run's precisions or devices have different tolerances."""
    kinds = dict.fromkeys((case.workload.precision, case.device.partition(":")[0]) for case in run.plan.cases)
    tolerances = {kind: f"{of(tolerance_of(*kind)):.0e}" for kind in kinds}
    if len(set(tolerances.values())) == 1:
        return next(iter(tolerances.values()))
    return ", ".join(f"{text} in {precision} on {device.upper()}" for (precision, device), text in tolerances.items())


def _gradient_tolerance(run: Run) -> str:
    """In rounding units where the baseline measured its noise, else of each gradient's length; both in a mixed run."""
    baselines = [m for group in run.groups for m in group.baseline.measurements]
    floors = {m.case.workload.precision: _floor(m, baselines) for m in baselines}
    texts = [_floor_tolerance(floor, precision, len(floors) > 1) for precision, floor in floors.items() if floor]
    if len(texts) < max(1, len(floors)):
        texts.append(f"{_tolerance(run, lambda tolerance: tolerance.gradient)} of each one's length")
    return "; ".join(texts)


def _floor_tolerance(floor: Floor, precision: str, of_several: bool) -> str:
    where = f" in {precision}" if of_several else ""
    return (
        f"{floor.units:.0f} rounding units each, a unit being how far the weight's gradient moves when the weights are "
        f"rounded, and {floor.length:.0e} of the length of all gradients together{where}"
    )


def _floor(baseline: Measurement, baselines: Sequence[Measurement]) -> Floor | None:
    """With the noise that one of the baselines has measured."""
    return floor_of(_with_noise(baseline, baselines), baseline.case.workload.precision, baseline.case.device)


def _with_noise(baseline: Measurement, baselines: Sequence[Measurement]) -> Evidence:
    own = [m for m in baselines if m.case == baseline.case]
    return with_noise_of(baseline.evidence, noise_in(own) or baseline.evidence)


def _changes(run: Run, tolerance: str) -> str:
    if not any(o.measurement.evidence.by_change for o in run.outcomes if o.measurement):
        return ""
    return (
        " An optimizer that keeps no gradients is compared by its weights' change over the first step instead "
        f"(tolerance {tolerance}), where the rounding of the smallest gradients may turn whole steps around."
    )


def _shorter(run: Run) -> str:
    """The cases that took too long for five losses, and how many losses were compared."""
    rows = [_work_row(group, result) for group, result in run.rows() if result.measurements]
    short = [
        f"{row['title']} {row['losses_compared']}" for row in rows if row["losses_compared"] in range(FIRST_LOSSES)
    ]
    return f" Where a step takes seconds, fewer losses are compared: {', '.join(short)}." if short else ""


def less_warm(run: Run) -> list[str]:
    """The cases that had fewer warm-up steps than others before the first slice: 'XLA loop 0 after the first 2'."""
    cases = []
    for group, result in run.rows():
        first = min((len(m.evidence.first_losses) for m in result.measurements), default=FIRST_LOSSES)
        warmup = [m.warmup.steps_per_slice for m in result.measurements]
        if first < FIRST_LOSSES or any(steps < run.plan.schedule.warmup_steps for steps in warmup):
            where = f"{group.title}, " if len(run.groups) > 1 else ""
            cases.append(f"{where}{result.title} {min(warmup)} after the first {first}")
    return cases


def _work(run: Run) -> Table:
    rows = tuple(_work_row(group, result) for group, result in run.rows() if result.measurements)
    columns = (
        column("mode", "title"),
        _differing("first loss differs by", "loss_difference"),
        *_gradient_columns(rows),
        _differing("first losses by", "curve_difference"),
        column("updates counted / asked for", "updates"),
    )
    return Table(
        "equal_work",
        columns,
        rows,
        "How far each mode's first steps differ from the baseline's",
        group=grouping(run),
    )


def _differing(title: str, key: str) -> Column:
    return Column(title, lambda row: _scientific(row[key]), key, partial(number_of, key=key))


def _gradient_columns(rows: Sequence[Row]) -> list[Column]:
    """In rounding units where they are known: by its own length, a gradient of nothing but rounding differs by 1."""
    in_units = ["gradient_units" in row for row in rows]
    units = Column(
        "first gradients by (rounding units)", lambda row: _units(row.get("gradient_units")), "gradient_units"
    )
    own = Column("first gradients by", lambda row: _scientific(_own_difference(row)), "gradient_difference")
    return [*([units] if any(in_units) else []), *([] if rows and all(in_units) else [own])]


def _units(value: object) -> str:
    return f"{value:.1f}" if isinstance(value, float) else "–"


def _own_difference(row: Row) -> object:
    return None if "gradient_units" in row else row["gradient_difference"]


def _work_row(group: GroupResult, result: CaseResult) -> Row:
    baselines = {m.block: m for m in group.baseline.measurements}
    pairs = [(m, baselines[m.block]) for m in result.measurements if m.block in baselines]
    differences = [_differences(m, baseline) for m, baseline in pairs]
    loss, gradient, curve = (max(values) for values in zip(*differences, strict=True)) if pairs else (None,) * 3
    compared = [len(loss_differences(m.evidence, baseline.evidence)) for m, baseline in pairs]
    updates = {f"{m.proof.updates} / {m.proof.updates_expected}" for m in result.measurements}
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "loss_difference": loss,
        "gradient_difference": gradient,
        "curve_difference": curve,
        "losses_compared": min(compared, default=None),
        "updates": ", ".join(sorted(updates)),
        **_gradient_units(pairs),
    }


def _differences(measurement: Measurement, baseline: Measurement) -> tuple[float, float, float]:
    """The relative differences of the first loss, of the first gradients, and the largest of the loss curve."""
    evidence, expected = measurement.evidence, baseline.evidence
    curve = loss_differences(evidence, expected)
    return curve[0], largest_gradient_difference(evidence.gradients, expected.gradients)[1], max(curve)


def _gradient_units(pairs: Sequence[tuple[Measurement, Measurement]]) -> Row:
    """The most rounding units over all blocks, where each block's baseline measured its noise; else no such field."""
    baselines = [baseline for _, baseline in pairs]
    units = [
        most_rounding_units(m.evidence.gradients, _expected(m, baseline, baselines).gradients, floor)[1]
        for m, baseline in pairs
        if (floor := _floor(baseline, baselines))
    ]
    return {"gradient_units": max(units)} if units and len(units) == len(pairs) else {}


def _expected(m: Measurement, baseline: Measurement, baselines: Sequence[Measurement]) -> Evidence:
    """The baseline's evidence as this case's is compared with it."""
    return as_compared_with(_with_noise(baseline, baselines), m.case.mode, baseline.case.mode)


def _modes(run: Run) -> Table:
    columns = (
        column("mode", "title"),
        counted("traces", "traces"),
        counted("while timed", "traces_while_timing"),
        counted("graph ops", "graph_ops", "traced_ops"),
        counted("loops", "loops"),
        counted("XLA compilations", "xla_compilations"),
        counted("XLA clusters", "clusters"),
        counted("HLO instructions", "hlo_instructions"),
        column("devices", "devices"),
    )
    rows = tuple(
        _mode_row(group, result, result.measurements[-1]) for group, result in run.rows() if result.measurements
    )
    return Table("proof", columns, rows, "What TensorFlow says of how each mode ran", group=grouping(run))


def _mode_row(group: GroupResult, result: CaseResult, last: Measurement) -> Row:
    execution = last.proof.execution
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "traces": execution.traces,
        "traces_while_timing": sum(m.proof.traces_while_timing for m in result.measurements),
        "graph_ops": execution.graph_ops,
        "loops": execution.loops,
        "xla_compilations": execution.xla_compilations,
        "clusters": execution.clusters,
        "hlo_instructions": execution.hlo_instructions,
        "devices": ", ".join(execution.devices),
    }


def _scientific(value: object) -> str:
    return f"{value:.1e}" if isinstance(value, float) and value else "0" if value == 0 else "–"
