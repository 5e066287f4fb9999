"""A run -> its rows in the index of a history: as the run's own report has them."""

from bench.analysis.metrics import startup_s, step_s
from bench.analysis.paired import block_ratios, paired_by_block
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import Summary
from bench.records.environment import LASTING, Environment
from bench.records.history_index import Ends, IndexedBlock, IndexedCase, IndexedRun, Series

NOT_MEASURED: Ends = (None, None, None, None)


def indexed_run(name: str, run: Run) -> IndexedRun:
    """What stands in the table of runs."""
    first = _environment(run)
    conditions = {what.replace("_", " "): str(getattr(first, what)) for what in LASTING} if first else {}
    return IndexedRun(
        name,
        run.plan.created,
        run.plan.data_title,
        tuple(group.title for group in run.groups),
        run.blocks,
        conditions,
        tuple(line.text for line in run.left_out),
        run.damaged,
    )


def indexed_cases(run: Run) -> tuple[IndexedCase, ...]:
    """Its cases without the A/A controls."""
    first = _environment(run)
    machine = ", ".join(filter(None, (first.cpu, f"{first.cores} cores", first.gpu))) if first else ""
    return tuple(_case(machine, group, result) for group, result in run.rows() if not result.case.again)


def _case(machine: str, group: GroupResult, result: CaseResult) -> IndexedCase:
    comparison, case = result.comparison, result.case
    return IndexedCase(
        Series(machine, group.title, case.arm, group.baseline.case.arm, result.title, case.mode),
        case.workload.data,
        comparison.verdict.value if comparison else "baseline",
        len(result.measurements),
        _ends(result.summary("step")),
        _ends(comparison.over_time if comparison else None),
        _blocks(group, result),
    )


def _blocks(group: GroupResult, result: CaseResult) -> tuple[IndexedBlock, ...]:
    ratios = dict[int, float]()
    if result.comparison:
        pairs = paired_by_block(group.baseline, result)
        ratios = dict(zip((after[0].block for _, after in pairs), block_ratios(group.baseline, result), strict=True))
    return tuple(
        IndexedBlock(
            m.block, m.environment.at, step_s(m), ratios.get(m.block), m.first_call_s, startup_s(m), m.peak_memory_bytes
        )
        for m in result.measurements
    )


def _ends(summary: Summary | None) -> Ends:
    return (summary.centre, summary.low, summary.high, summary.n) if summary else NOT_MEASURED


def _environment(run: Run) -> Environment | None:
    return next((outcome.measurement.environment for outcome in run.outcomes if outcome.measurement), None)
