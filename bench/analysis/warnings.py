"""What qualifies a result: each function gives its warnings, none is fine. Leaves out verdicts (stats.py)."""

from collections.abc import Sequence

from bench.analysis.stats import ratios as stats
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Comparison, Summary
from bench.records.run import Measurement

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


def throttled(measurements: Sequence[Measurement]) -> list[str]:
    """A card whose clocks were held down: such slices are counted, and stay in every number."""
    logs = [m.card for m in measurements if m.card]
    if not (held_down := sum(log.throttled for log in logs)):
        return []
    reasons = dict.fromkeys(reason for log in logs for reason in log.reasons)
    slices = sum(len(log.slices) for log in logs)
    return [f"the card's clocks were held down in {held_down} of {slices} slices ({', '.join(reasons)})"]


def shared(measurements: Sequence[Measurement]) -> list[str]:
    """Others on the card, before or after."""
    logs = [m.card for m in measurements if m.card]
    others = dict.fromkeys(
        name for log in logs for guests in (log.guests_before, log.guests_after) for name in guests.processes or ()
    )
    return [f"others used the card as well: {', '.join(others)}"] if others else []


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
