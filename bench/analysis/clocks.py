"""Wall time beside CPU time: where the two change each other's answer, or the host was busy, the report says so first.

The speedups in wall time and in CPU time differ by the factor in how many cores the two modes keep busy. A graph that
runs its operations in parallel keeps more of them busy than eager does: such a difference alone is expected.
"""

from dataclasses import dataclass
from enum import Enum

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import Comparison, Summary
from bench.records.run import Measurement

OWN_LOAD = 2.0  # after its first block a run's own slices may load all cores once more than others do
WAITS = 0.75  # of a core: a process that computes all the time keeps at least one busy; handing over costs a little


@dataclass(frozen=True, slots=True)
class Overload:
    """The highest load average that was read before a block, and the cores that it was too much for."""

    load: float
    cores: int


class Conflict(Enum):
    """In what way CPU time contradicts a speedup in wall time."""

    REVERSED = "the one is shown to be faster, the other to be slower"
    WAITED = "the intervals exclude each other, and one of the two cases waited instead of computing"


def overload(run: Run, group: GroupResult) -> Overload | None:
    """Where more programs wanted to run than there are cores: before the run's first block, or far more before others.

    None where the load was lower, or unknown.
    """
    begun = [outcome.case for outcome in run.outcomes[:1]]
    first = any(result.case in begun for result in group.cases)
    measured = [m for result in group.cases for m in result.measurements]
    over = [m.environment for m in measured if _overloaded(m, first and not m.block)]
    worst = max(over, key=lambda environment: environment.load_before or 0.0, default=None)
    return Overload(worst.load_before, worst.cores) if worst and worst.load_before else None


def _overloaded(measurement: Measurement, nothing_ran_yet: bool) -> bool:
    load, cores = measurement.environment.load_before, measurement.environment.cores
    return load is not None and load > cores * (1.0 if nothing_ran_yet else OWN_LOAD)


def conflict(baseline: CaseResult, result: CaseResult) -> Conflict | None:
    """How CPU time contradicts the result's speedup; None where it does not, was not counted, or on a GPU."""
    comparison = result.comparison
    if comparison is None or comparison.ratio is None or comparison.cpu is None:
        return None
    if _reversed(comparison, comparison.cpu):
        return Conflict.REVERSED
    return Conflict.WAITED if apart(comparison) and waiting(baseline, result) else None


def apart(comparison: Comparison) -> bool:
    """Whether the speedups in wall time and in CPU time exclude each other: their intervals have nothing in common."""
    wall, cpu = comparison.ratio, comparison.cpu
    return wall is not None and cpu is not None and (_below(wall, cpu) or _below(cpu, wall))


def waiting(*results: CaseResult) -> list[CaseResult]:
    """Those that kept less than a core busy while they were timed: they waited, for other programs or for input."""
    busy = [(result, result.summary("cores")) for result in results]
    return [result for result, cores in busy if cores and cores.centre < WAITS]


def _reversed(comparison: Comparison, cpu: Summary) -> bool:
    faster, slower = (cpu.low or 0.0) > 1, cpu.high is not None and cpu.high < 1
    return (comparison.verdict.faster and slower) or (comparison.verdict.slower and faster)


def _below(a: Summary, b: Summary) -> bool:
    return a.high is not None and b.low is not None and a.high < b.low
