"""How far two trainings are apart that have taken the same number of updates, and how far they may be."""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from itertools import compress

from bench.analysis.gradients import relative, sums_otherwise
from bench.records.proof import Evidence, GradientSketch, Reached
from bench.records.run import Measurement


@dataclass(frozen=True, slots=True)
class MostApart:
    """By how much two honest trainings may differ after so many updates, relatively.

    `whole` is the length of all weights' change as one vector, `length` that of a single weight's change or moving
    average, `weight` the difference of a single weight's change, direction included.
    """

    whole: float
    length: float
    weight: float
    loss: float


# Up to these counts of updates. Beyond, rounding drives honest modes so far apart that a difference says nothing.
MOST_APART = (
    (10, MostApart(whole=2e-3, length=3e-2, weight=0.3, loss=5e-3)),
    (40, MostApart(whole=1e-2, length=0.15, weight=math.inf, loss=0.15)),
)
MOVED = 5.0  # times as far apart as a rounding of every weight drives the baseline itself by the first mark
LUCK = 3.0  # one draw may move a single number (a loss, a length) by next to nothing: in all 15 times, as first losses
# So many times as far as all that where the two sum in another order, which turns ReLUs around that a draw of roundings
# left alone. ResNet-9 at batch 6 under XLA: a weight 0.44 apart, a length 0.041, the loss 0.042; at batch 8 in Keras'
# fit 0.36, 0.039, 0.022.
TURNED = MostApart(whole=1.0, length=3.0, weight=3.0, loss=10.0)
# But only in networks in which a rounding of every weight drives one this far: ResNet-9 0.15 and more, the MLP 4e-5.
DRIVEN = 5e-3
GROWTH = 5.0  # how much further that drives it by the second
ROUNDING = 1e-2  # share of a gradient's norm


def other_reach(m: Measurement, baseline: Measurement, noise: Evidence) -> list[str]:
    """Where the case had come another way than the baseline after as many updates."""
    theirs = {reached.updates: reached for reached in baseline.proof.reached}
    reasons = list[str]()
    for ours in m.proof.reached:
        otherwise = sums_otherwise(m.case.mode, baseline.case.mode) or _other_bits(m.evidence, baseline.evidence)
        if ours.updates in theirs and (limit := _limit(ours.updates, baseline, noise, otherwise)):
            reasons += _other_way(ours, theirs[ours.updates], noise, limit)
    return reasons


def _other_bits(ours: Evidence, theirs: Evidence) -> bool:
    """Whether the first gradients differ at all: of the same weights and images, so the order of a sum does."""
    return [sketch.norm for sketch in ours.gradients] != [sketch.norm for sketch in theirs.gradients]


def apart_after(updates: int, m: Measurement, baseline: Measurement, noise: Evidence | None) -> MostApart | None:
    """How far a case is from its baseline after so many updates; None where one of the two was not looked at there."""
    both = [next((r for r in each.proof.reached if r.updates == updates), None) for each in (m, baseline)]
    ours, theirs = both
    return _apart(ours, theirs, noise or baseline.evidence) if ours and theirs else None


def _limit(updates: int, baseline: Measurement, noise: Evidence, otherwise: bool) -> MostApart | None:
    """What may differ after so many updates: more where a rounding drives the baseline itself further apart.

    `otherwise`: the two sum in another order.
    Where that was not measured (steps that take long, an optimizer that keeps no gradients), it may be any network:
    only the length of the whole change is compared then, and roughly.
    """
    mark, fixed = next(((mark, most) for mark, most in MOST_APART if updates <= mark), (0, None))
    if fixed is None:
        return None
    apart = _moved_apart(baseline, noise)
    if apart is None:
        return MostApart(MOVED * fixed.whole, math.inf, math.inf, math.inf)
    driven = max(apart.length, apart.weight) > DRIVEN
    apart = replace(apart, whole=LUCK * apart.whole, loss=LUCK * apart.loss)
    factor = MOVED * (1 if mark == MOST_APART[0][0] else GROWTH)
    limit = MostApart(*(max(most, factor * far) for most, far in zip(astuple(fixed), astuple(apart), strict=True)))
    return _times(limit, TURNED) if otherwise and driven else limit


def _times(limit: MostApart, by: MostApart) -> MostApart:
    return MostApart(*(one * other for one, other in zip(astuple(limit), astuple(by), strict=True)))


def _moved_apart(baseline: Measurement, noise: Evidence) -> MostApart | None:
    """How far a rounding of every weight drives the baseline apart by the first mark; None where that is not known."""
    moved = noise.moved
    at_mark = next((r for r in baseline.proof.reached if moved and r.updates == moved.updates), None)
    if not moved or not at_mark:
        return None
    apart = _apart(moved, at_mark, noise)
    apart = replace(apart, whole=max(apart.whole, _by_chance(moved, at_mark, noise)))
    return apart if all(map(math.isfinite, astuple(apart))) else None


def _by_chance(ours: Reached, theirs: Reached, noise: Evidence) -> float:
    """What the differences of all weights' lengths come to in the whole's, relatively, where their signs are chance.

    The whole's own may be next to nothing, because some weights came further and others less far.
    """
    pairs = zip(noise.gradients, ours.lengths, theirs.lengths, strict=False)
    kept = [(a, b) for sketch, a, b in pairs if not _is_rounding(sketch) and a is not None and b is not None]
    whole = math.fsum(b**2 for _, b in kept)
    return math.hypot(*(a**2 - b**2 for a, b in kept)) / (2 * whole) if whole else 0.0


def _apart(ours: Reached, theirs: Reached, noise: Evidence) -> MostApart:
    """How far apart two trainings of the same variables are after as many updates.

    Weights whose gradients are but rounding are left out: Adam makes whole steps of it, in any direction.
    """
    kept = [not _is_rounding(sketch) for sketch in noise.gradients]
    ours_kept, theirs_kept = (list(compress(reached.lengths, kept)) for reached in (ours, theirs))
    pairs = zip((*ours_kept, *ours.averages), (*theirs_kept, *theirs.averages), strict=False)
    lengths = [relative(a, b) for a, b in pairs]
    whole = relative(_norm(ours_kept), _norm(theirs_kept)) if any(kept) else 0.0
    directions = zip(compress(ours.projections, kept), compress(theirs.projections, kept), theirs_kept, strict=False)
    weights = [_distance(a, b) / length for a, b, length in directions if length]
    loss = 0.0 if None in (ours.last_loss, theirs.last_loss) else relative(ours.last_loss, theirs.last_loss)
    return MostApart(whole, max(lengths, default=0.0), max(weights, default=0.0), loss)


def _is_rounding(sketch: GradientSketch) -> bool:
    """Whether a move of every weight by one rounding changes this weight's gradient by more than rounding does."""
    return (sketch.noise or 0.0) > ROUNDING * (sketch.norm or 0.0)


def _other_way(ours: Reached, theirs: Reached, noise: Evidence, limit: MostApart) -> list[str]:
    apart = _apart(ours, theirs, noise)
    found = (
        ("its weights have come another way", apart.whole, limit.whole),
        ("a weight or a moving average has come another way", apart.length, limit.length),
        ("a weight has gone in another direction", apart.weight, limit.weight),
        ("its loss differs", apart.loss, limit.loss),
    )
    return [
        f"after {ours.updates} updates {what}, by {far:.1e} (tolerance {most:.0e})"
        for what, far, most in found
        if far > most
    ][:1]


def _norm(lengths: Sequence[float | None]) -> float | None:
    return None if None in lengths else math.hypot(*(length or 0.0 for length in lengths))


def _distance(a: Sequence[float | None], b: Sequence[float | None]) -> float:
    if None in a or None in b or len(a) != len(b) or not a:
        return math.inf
    squares = [((x or 0.0) - (y or 0.0)) ** 2 for x, y in zip(a, b, strict=True)]
    return math.sqrt(math.fsum(squares) / len(squares))
