"""What comparisons come to: a family of them judged together, each by its two intervals."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.stats.looks import first_interval
from bench.analysis.stats.over_time import NO_SPREAD, over_time
from bench.analysis.stats.ratios import ALPHA, ENOUGH_BLOCKS, MARGIN, Comparison, Summary, Verdict
from bench.records.run import Looks
from bench.records.spread import Spread


@dataclass(frozen=True, slots=True)
class BlockRatios:
    """A candidate's speedups, a block each, and what they are judged with.

    `aa_difference`: the A/A control's, as a ratio of at least 1. `looks`: when the run might have stopped. `spread`:
    from run to run. `margin`: SAME means within it. `skipped_blocks`: those that a very slow candidate skipped, which
    count as blocks that its verdict has.
    """

    ratios: Sequence[float]
    aa_difference: float = 1.0
    looks: Looks | None = None
    spread: Spread = NO_SPREAD
    margin: float = MARGIN
    skipped_blocks: int = 0

    @property
    def rough(self) -> bool:
        """Whether there are fewer blocks than a claim needs."""
        return len(self.ratios) + self.skipped_blocks < ENOUGH_BLOCKS


def compare_family(family: Sequence[BlockRatios]) -> list[Comparison]:
    """Judge comparisons together: p-values of "no difference" over time, with Holm's correction (Holm 1979)."""
    firsts = [first_interval([math.log(ratio) for ratio in each.ratios], each.looks) for each in family]
    seconds = [over_time(first, each.spread) for first, each in zip(firsts, family, strict=True)]
    corrected = holm([p for _, p in seconds])
    comparisons = []
    for each, first, (second, _), p in zip(family, firsts, seconds, corrected, strict=True):
        verdict, reason = decide(first, second, p, each.rough, each.aa_difference, each.margin)
        comparisons.append(
            Comparison(first, verdict, p, reason, over_time=second, spread=each.spread, rough=each.rough)
        )
    return comparisons


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Holm's step-down correction; None (no test) stays None and does not count."""
    tested = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    corrected, highest = list(p_values), 0.0
    for rank, (p, index) in enumerate(tested):
        highest = min(1.0, max(highest, p * (len(tested) - rank)))
        corrected[index] = highest
    return corrected


def decide(
    this_run: Summary, later: Summary, p: float | None, rough: bool, aa_difference: float, margin: float
) -> tuple[Verdict, str]:
    """The verdict and its reason, given both intervals and the corrected p-value of the one over time (`later`).

    SAME is a statement on this run; FASTER and SLOWER, with few blocks LIKELY, are on the machine over time.
    """
    if p is None or this_run.low is None or this_run.high is None:
        return Verdict.NONE, "one repetition has no interval"
    if this_run.low >= 1 / (1 + margin) and this_run.high <= 1 + margin:
        return Verdict.SAME, f"the interval lies within {margin:.0%}"
    if 1 / aa_difference <= this_run.centre <= aa_difference:
        return Verdict.UNCERTAIN, f"no larger than the A/A difference ({aa_difference - 1:.1%})"
    if p < ALPHA:
        return _directed(this_run.centre > 1, rough), f"p = {p:.2g} after Holm's correction"
    if excludes_1(this_run) and not excludes_1(later):
        word = "faster" if this_run.centre > 1 else "slower"
        reach = f"±{later.half_width:.1%}".replace("%", " %")
        return Verdict.UNCERTAIN, f"{word} in this run; no larger than run-to-run variation here ({reach})"
    return Verdict.UNCERTAIN, f"p = {p:.2g} after Holm's correction"


def _directed(faster: bool, rough: bool) -> Verdict:
    if rough:
        return Verdict.LIKELY_FASTER if faster else Verdict.LIKELY_SLOWER
    return Verdict.FASTER if faster else Verdict.SLOWER


def excludes_1(summary: Summary) -> bool:
    """Whether there is an interval, and it does not hold 1."""
    return summary.low is not None and summary.high is not None and not summary.low <= 1 <= summary.high
