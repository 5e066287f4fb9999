"""Warnings: what qualifies a result without making it invalid. Each function returns its warnings, or none."""

from collections.abc import Sequence

from bench.analysis.called import by_own_code
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Comparison, Summary, drift
from bench.analysis.updates import inexact
from bench.records.run import Measurement

LATE_LIMIT = 0.01  # of the timed stretch: more on the GPU after the host's clock had stopped is called late
DRIFT_LIMIT = 0.05  # a change over a block's slices that is called unsteady; under the spread of a busy machine


def of_measurements(measurements: Sequence[Measurement]) -> list[str]:
    """Every warning about how a case ran in its blocks."""
    checks = (unsteady, unconverted, throttled, shared_gpu, not_waited_for, inexact, by_own_code, compiled_anew)
    return [text for check in checks for text in check(measurements)]


def unsteady(measurements: Sequence[Measurement]) -> list[str]:
    """A case that gets faster or slower within its blocks."""
    change = drift([m.steady for m in measurements])
    if change is None or change.low is None or change.high is None or change.low <= 1 <= change.high:
        return []
    if abs(change.centre - 1) < DRIFT_LIMIT:
        return []
    return [
        f"slices change by {change.centre - 1:+.0%} from a repetition's first third to its last: not a steady state"
    ]


def unconverted(measurements: Sequence[Measurement]) -> list[str]:
    """What AutoGraph did not convert."""
    fallbacks = dict.fromkeys(text for m in measurements for text in m.proof.execution.fallbacks)
    return [f"AutoGraph did not convert {text}" for text in fallbacks]


def compiled_anew(measurements: Sequence[Measurement]) -> list[str]:
    """XLA may compile within a slice where shapes are left open: nothing counts that."""
    left_open = any(m.proof.execution.open_shapes for m in measurements)
    return ["its batches leave shapes open, and XLA compiles anew for each new shape"] if left_open else []


def throttled(measurements: Sequence[Measurement]) -> list[str]:
    """A GPU whose clocks were throttled: such slices are counted, and stay in every number."""
    logs = [m.card for m in measurements if m.card]
    if not (slices_throttled := sum(log.throttled for log in logs)):
        return []
    reasons = dict.fromkeys(reason for log in logs for reason in log.reasons)
    slices = sum(len(log.slices) for log in logs)
    return [f"the card's clocks were held down in {slices_throttled} of {slices} slices ({', '.join(reasons)})"]


def shared_gpu(measurements: Sequence[Measurement]) -> list[str]:
    """Other processes on the GPU, before or after."""
    logs = [m.card for m in measurements if m.card]
    others = dict.fromkeys(
        name for log in logs for guests in (log.guests_before, log.guests_after) for name in guests.processes or ()
    )
    return [f"others used the card as well: {', '.join(others)}"] if others else []


def not_waited_for(measurements: Sequence[Measurement]) -> list[str]:
    """A GPU that was still busy when the host's clock stopped, in the profiled steps."""
    profiles = [m.costs.profile for m in measurements if m.costs and m.costs.profile]
    late = [each.device for each in profiles if each.device and each.device.after_s > LATE_LIMIT * each.device.window_s]
    return [
        f"its GPU was busy for {1e3 * each.after_s:.3g} ms after the clock of {1e3 * each.window_s:.3g} ms had stopped"
        for each in late
    ]


def few_blocks(comparison: Comparison, skipped_blocks: int) -> list[str]:
    """Too few blocks for a claim. Those a very slow case skipped are not missing: its verdict needs no more."""
    n = comparison.ratio.n if comparison.ratio else ENOUGH_BLOCKS
    return [] if n + skipped_blocks >= ENOUGH_BLOCKS else [f"{n} of the {ENOUGH_BLOCKS} repetitions that a claim needs"]


def uneven_noise(typical: Summary | None, overall: Summary | None) -> list[str]:
    """The speedup over all slices lies outside the interval of the median rounds': noise hit one mode harder, or it
    pauses by nature."""
    if typical is None or overall is None or typical.low is None or typical.high is None:
        return []
    if typical.low <= overall.centre <= typical.high:
        return []
    return [
        f"with all slices, disturbed ones included, the speedup is {overall.centre:.3g}x: noise hit one mode harder"
    ]
