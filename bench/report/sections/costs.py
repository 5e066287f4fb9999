"""The section on CPU time and memory of each mode, and on what TensorFlow and XLA turned its step into."""

from bench.analysis import costs
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.report.form.document import Column, Row, Section, Table, column, summary_of
from bench.report.form.wording import calls_a_step, interval, mib, number

_READING = (
    "CPU time counts all threads of the process while it was timed; over the step's wall time it says how many cores "
    "were busy. Peak memory is the process' high-water mark, TensorFlow included; growth is from before the first "
    "slice to after the last. All from the system's own counters."
)
_INSIDE = (
    "After the timing of the first block each mode trains a slice under TensorFlow's profiler. *Outside kernels* is "
    "the share of that time in which the runtime executed no op it had been called with: Python, dispatch, the "
    "gradient tape, feeding; *calls* are the ops or whole graphs that Python called. Operations are those of the "
    "traced graph (loop bodies included) and of the graph that runs after Grappler; HLO instructions those that XLA "
    "is given and those it runs, of which so many are fusions. Floating-point operations are counted on the traced "
    "graph by the formulas TensorFlow registers (two a multiply-add; an optimizer's update counts nothing)."
)


def section(run: Run) -> Section:
    """Two tables; no parts where no block has counted any costs."""
    if not any(m.costs for _, result in run.rows() for m in result.measurements):
        return Section("", ())
    return Section(f"Costs beside time{run.label}", (_READING, _costs(run), _INSIDE, _inside(run), *_peaks(run)))


def _costs(run: Run) -> Table:
    columns: tuple[Column, ...] = (
        column("case", "group"),
        column("mode", "title"),
        Column("CPU time a step (ms)", lambda row: interval(summary_of(row, "cpu_s"), 1e3)),
        Column("cores busy", lambda row: interval(summary_of(row, "cores"))),
        Column("peak memory (MiB)", lambda row: mib(memory.centre if (memory := summary_of(row, "memory")) else None)),
        Column("growth while timed (MiB)", _growth),
        Column("GPU memory, peak (MiB)", lambda row: mib(_float(row["device_peak_bytes"]))),
    )
    rows = tuple(_costs_row(group, result) for group, result in run.rows() if not result.case.again)
    if not any(row["device_peak_bytes"] for row in rows):
        columns = columns[:-1]
    return Table("costs", columns if len(run.groups) > 1 else columns[1:], rows, "CPU work, cores and memory, by mode")


def _costs_row(group: GroupResult, result: CaseResult) -> Row:
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "cpu_s": result.summary("cpu"),
        "cores": result.summary("cores"),
        "memory": result.summary("memory"),
        "growth_bytes": costs.growth_bytes(result),
        "timed_steps": costs.timed_steps(result),
        "device_peak_bytes": costs.device_peak_bytes(result),
    }


def _growth(row: Row) -> str:
    growth_bytes = _float(row["growth_bytes"])
    return "–" if growth_bytes is None else f"{growth_bytes / 2**20:+.1f} in {row['timed_steps']} steps"


def _inside(run: Run) -> Table:
    columns = (
        column("case", "group"),
        column("mode", "title"),
        Column("from Python, a step", lambda row: _calls(row["calls"])),
        Column("outside kernels", _outside),
        Column("operations, after Grappler", lambda row: _from_to(row["graph_ops"], row["ops_optimised"])),
        Column("HLO instructions, optimised (fusions)", _hlo),
        Column("GFLOP/s", lambda row: _number(row["flops_per_s"], 1e-9)),
        Column("of the matmul peak", _share_of_peak),
    )
    rows = tuple(_inside_row(group, result) for group, result in run.rows() if result.valid and not result.case.again)
    return Table(
        "inside",
        columns if len(run.groups) > 1 else columns[1:],
        rows,
        "What became of the step before it ran, by mode",
    )


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
        "flops": costs.flops(group),
        "flops_per_s": costs.rate_flops_per_s(group, result),
        "peak_flops_per_s": costs.peak_flops_per_s(group),
    }


def _outside(row: Row) -> str:
    share, seconds = _float(row["outside_share"]), _float(row["outside_s"])
    return "–" if share is None or seconds is None else f"{share:.0%}, {number(1e3 * seconds)} ms"


def _hlo(row: Row) -> str:
    counts = _from_to(row["hlo_instructions"], row["hlo_optimised"])
    return counts if row["fusions"] is None else f"{counts} ({row['fusions']})"


def _from_to(before: object, after: object) -> str:
    return "–" if before is None else f"{before}" if after is None else f"{before} → {after}"


def _share_of_peak(row: Row) -> str:
    rate, peak = _float(row["flops_per_s"]), _float(row["peak_flops_per_s"])
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
        peak, count = costs.peak_flops_per_s(group), costs.flops(group)
        if not peak or not count:
            continue
        lines.append(
            f"- {group.title}: {number(count * 1e-9)} GFLOP a step; the fastest product of two large square matrices "
            f"on this device reached {number(peak * 1e-9)} GFLOP/s."
        )
        above = [r.title for r in group.cases if (costs.rate_flops_per_s(group, r) or 0) > peak]
        if above:
            lines.append(f"- **{', '.join(above)} seem faster than that peak: distrust these step times.**")
    return ["\n".join(lines)] if lines else []
