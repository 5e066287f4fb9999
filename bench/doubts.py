"""What qualifies a result: each function gives its warnings, none is fine. Leaves out verdicts (stats.py)."""

from collections.abc import Sequence

from bench import stats
from bench.records import Measurement
from bench.stats import ENOUGH_BLOCKS, Comparison, Summary

DRIFT_LIMIT = 0.05  # a change over a block's slices that is called unsteady; under the spread of a busy machine


def unconverted(measurements: Sequence[Measurement]) -> list[str]:
    """What AutoGraph left as it was."""
    found = dict.fromkeys(text for m in measurements for text in m.proof.execution.fallbacks)
    return [f"AutoGraph did not convert {text}" for text in found]


def unsteady(measurements: Sequence[Measurement]) -> list[str]:
    """A case that gets faster or slower within its blocks."""
    change = stats.drift([m.steady for m in measurements])
    if change is None or change.low is None or change.high is None or change.low <= 1 <= change.high:
        return []
    if abs(change.centre - 1) < DRIFT_LIMIT:
        return []
    return [f"slices change by {change.centre - 1:+.0%} from a block's first third to its last: not a steady state"]


def few_blocks(comparison: Comparison, sat_out: int) -> list[str]:
    """Blocks sat out are not missing: so slow a case needs no more for its verdict."""
    n = comparison.ratio.n if comparison.ratio else ENOUGH_BLOCKS
    return [] if n + sat_out >= ENOUGH_BLOCKS else [f"{n} of the {ENOUGH_BLOCKS} blocks that a claim needs"]


def disturbed(quiet: Summary | None, overall: Summary | None) -> list[str]:
    """The ratio over all slices, where it says something else: one was disturbed more, or pauses by nature."""
    if quiet is None or overall is None or quiet.low is None or quiet.high is None:
        return []
    if quiet.low <= overall.centre <= quiet.high:
        return []
    return [f"over all slices, disturbed ones included, {overall.centre:.3g}x: one of the two is disturbed more"]
