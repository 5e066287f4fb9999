"""Energy of a GPU case over its blocks: joules a step, the same above idle, and power."""

from collections.abc import Callable

from bench.analysis.results import CaseResult
from bench.analysis.stats.ratios import Summary, summarise
from bench.records.costs import Energy


def joules_a_step(result: CaseResult) -> Summary | None:
    """All that the GPU used while it took steps, over the number of steps; None where it was not counted."""
    return _over_blocks(result, lambda energy: energy.joules / energy.energy_steps)


def joules_above_idle(result: CaseResult) -> Summary | None:
    """The same without what it uses anyway. None too where any block's steps used no more than idling."""
    return _over_blocks(result, lambda e: (e.joules - e.idle_w * e.stretch_s) / e.energy_steps)


def power_w(result: CaseResult) -> Summary | None:
    """Watts while it took steps."""
    return _over_blocks(result, lambda energy: energy.joules / energy.stretch_s)


def idle_w(result: CaseResult) -> Summary | None:
    """Watts right before, with the same processes alive."""
    return _over_blocks(result, lambda energy: energy.idle_w)


def _over_blocks(result: CaseResult, value: Callable[[Energy], float]) -> Summary | None:
    counted = [m.costs.energy for m in result.measurements if m.costs and m.costs.energy]
    values = [value(energy) for energy in counted]
    return summarise(values) if result.valid and values and min(values) > 0 else None
