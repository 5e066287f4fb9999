"""Wall time beside CPU time: where the two disagree, or the machine was overloaded, a reader is told first."""

from dataclasses import dataclass

from bench.analysis.results import GroupResult
from bench.analysis.stats.ratios import Comparison, Summary
from bench.records.run import Measurement

OWN_LOAD = 2.0  # after its first block a run's own slices may load all cores once more than others do


@dataclass(frozen=True, slots=True)
class Overload:
    """The highest load average that was read before a block, and the cores that it was too much for."""

    load: float
    cores: int


def overload(group: GroupResult) -> Overload | None:
    """Where more programs wanted to run than there are cores: before the first block, or far more before a later one.

    None where the load was lower, or unknown.
    """
    measured = [m for result in group.cases for m in result.measurements]
    over = [m.environment for m in measured if _overloaded(m)]
    worst = max(over, key=lambda environment: environment.load_before or 0.0, default=None)
    return Overload(worst.load_before, worst.cores) if worst and worst.load_before else None


def _overloaded(measurement: Measurement) -> bool:
    load, cores = measurement.environment.load_before, measurement.environment.cores
    return load is not None and load > cores * (OWN_LOAD if measurement.block else 1.0)


def disagree(comparison: Comparison) -> bool:
    """Whether the speedups in wall time and in CPU time exclude each other: their intervals have nothing in common."""
    wall, cpu = comparison.ratio, comparison.cpu
    return wall is not None and cpu is not None and (_below(wall, cpu) or _below(cpu, wall))


def _below(a: Summary, b: Summary) -> bool:
    return a.high is not None and b.low is not None and a.high < b.low
