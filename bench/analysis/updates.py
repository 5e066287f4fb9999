"""Whether every update of a case was its baseline's and its optimizer's, from the first to the last.

Each check returns its reasons; no reasons means that the case passed, or that its file holds nothing to check.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from bench.analysis.gradients import LATE_TURNED, Floor, more_than_rounding, on_another_batch, relative
from bench.records.proof import Evidence, GradientSketch, Reached, Repeated, Updated
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
GROWTH = 5.0  # how much further that drives it by the second
ROUNDING = 1e-2  # share of a gradient's norm
OFF, ALONG, MOMENT = 20.0, 20.0, 1e-4  # of an update: rounding units, and relative (see records.proof.Updated)
ROUGHLY = Repeated(0, loss=5e-3, whole=5e-2, most=0.3, variable="")  # where the order of sums is left to chance


def wrong_settings(evidence: Evidence, baseline: Evidence) -> list[str]:
    """Where the optimizer has other settings than the baseline's."""
    if evidence.hyperparameters is None or baseline.hyperparameters is None:
        return []
    ours, theirs = (_in_float32(e.hyperparameters or ()) for e in (evidence, baseline))
    different = [name for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)]
    return [
        f"its optimizer's {name} is {_set(ours.get(name))} where the baseline's is {_set(theirs.get(name))}"
        for name in different
    ]


def _in_float32(settings: Sequence[tuple[str, float]]) -> dict[str, float]:
    return {name: float(np.float32(value)) for name, value in settings}


def _set(value: float | None) -> str:
    return "off" if value is None else f"{value:.6g}"


def wrong_updates(updated: Sequence[Updated]) -> list[str]:
    """Where an update is not what Adam makes of its gradient with the settings that the optimizer names."""
    return [reason for update in updated for reason in _wrong_update(update)]


def _wrong_update(update: Updated) -> Iterator[str]:
    name = f"its update {update.updates}"
    if not _within(update.off, OFF):
        yield f"{name} of {update.weight} is not Adam's: {_far(update.off)} rounding units off (tolerance {OFF:.0f})"
    elif not _within(update.along, ALONG):
        yield (
            f"{name} moves a weight along itself, as weight decay does: {_far(update.along)} rounding units "
            f"(tolerance {ALONG:.0f})"
        )
    if not _within(update.moment, MOMENT):
        yield f"{name} has another second moment than Adam's, by {_far(update.moment)} (tolerance {MOMENT:.0e})"


def _within(value: float | None, most: float) -> bool:
    return value is not None and value <= most


def _far(value: float | None) -> str:
    return "infinitely many" if value is None else f"{value:.1e}"


def changed_while_timed(m: Measurement) -> list[str]:
    """What shows within the case itself that it has not computed the same all along."""
    proof = m.proof
    reasons = [] if m.case.workload.own_model else wrong_updates([*m.evidence.updated, *_late_update(m)])
    if proof.not_finite:
        reasons.append(f"{', '.join(proof.not_finite[:3])} held NaN or infinities at the end")
    if replay := proof.replay:
        reasons += _unlike(
            m, replay.first, f"its first {_updates(replay.first)} came out otherwise after the last slice"
        )
        if replay.slice:
            steps = replay.slice.updates
            reasons += _unlike(m, replay.slice, f"{steps} steps in one call are not {steps} single steps")
        if replay.retraces:
            reasons.append(f"it retraced {replay.retraces} times when its first updates were repeated")
    return reasons


def _late_update(m: Measurement) -> list[Updated]:
    return [m.proof.late.updated] if m.proof.late and m.proof.late.updated else []


def _updates(repeated: Repeated) -> str:
    return f"{repeated.updates} updates" if repeated.updates > 1 else "update"


def _unlike(m: Measurement, repeated: Repeated, what: str) -> list[str]:
    if _same(repeated) or not (repeats_exactly(m) or _rougher(repeated)):
        return []
    where = f", most in {repeated.variable}" if repeated.variable else ""
    return [f"{what}: the loss by {repeated.loss:.1e}, the weights' change by {repeated.whole:.1e}{where}"]


def _same(repeated: Repeated) -> bool:
    return not (repeated.loss or repeated.whole or repeated.most)


def _rougher(repeated: Repeated) -> bool:
    return repeated.loss > ROUGHLY.loss or repeated.whole > ROUGHLY.whole or repeated.most > ROUGHLY.most


def repeats_exactly(m: Measurement) -> bool:
    """Whether the same updates must give the same bits: on a CPU those of the built-in models do in every mode.

    On a GPU the order of some sums is left to chance, and so it may be in a person's own model.
    """
    return m.case.deterministic or (m.case.device == "cpu" and not m.case.workload.own_model)


def inexact(measurements: Sequence[Measurement]) -> list[str]:
    """A warning where updates that were repeated gave nearly the same."""
    replays = [m.proof.replay for m in measurements if m.proof.replay and not repeats_exactly(m)]
    worst = max((r.first.whole for r in replays if not _rougher(r.first)), default=0.0)
    return [f"the same updates repeated differ by {worst:.1e}: not every op is deterministic"] if worst else []


def repeated_few(measurements: Sequence[Measurement]) -> list[str]:
    """A warning where a slow mode's evidence rests on fewer first updates than others' does."""
    fewest = min((len(m.evidence.first_losses) for m in measurements), default=FIRST_LOSSES)
    few = fewest < FIRST_LOSSES
    return [f"its steps take so long that only its first {fewest} losses were compared"] if few else []


FIRST_LOSSES = 5  # that a case's work is compared by, unless its steps take too long


def other_late_update(
    m: Measurement, baseline: Measurement, noise: Evidence, floor: Floor | None, most: float
) -> list[str]:
    """The one late update from the start's weights: on the same batch in cases that have taken as many updates.

    `most` is how far apart (relative) the losses may be. Without a floor, gradients are not compared.
    """
    ours, theirs = m.proof.late, baseline.proof.late
    if not ours or not theirs or ours.updates != theirs.updates:
        return []
    apart = relative(ours.loss, theirs.loss)
    reasons = [f"the loss of a late step differs by {apart:.1e} (tolerance {most:.0e})"] if apart > most else []
    if floor:
        reference = on_another_batch(theirs.gradients, noise)
        reasons += more_than_rounding(ours.gradients, reference, replace(floor, turned=LATE_TURNED), "late")
    return reasons


def other_updates(m: Measurement, baseline: Measurement, noise: Evidence) -> list[str]:
    """Where a case has trained otherwise than the baseline in the same block; `noise` is what the baseline measured."""
    reasons = [] if wrong_updates(_late_update(baseline)) else wrong_updates(_late_update(m))
    theirs = {reached.updates: reached for reached in baseline.proof.reached}
    for ours in m.proof.reached:
        if ours.updates in theirs and (limit := _limit(ours.updates, baseline, noise)):
            reasons += _other_reach(ours, theirs[ours.updates], noise, limit)
    if m.proof.still and not baseline.proof.still:
        reasons.append(f"in {m.proof.still} slices a weight did not move that had moved before")
    if (m.proof.tracing_us or 0) > 0 and not baseline.proof.tracing_us:
        reasons.append(f"it traced functions for {(m.proof.tracing_us or 0) / 1e3:.1f} ms while timed")
    return reasons


def apart_after(updates: int, m: Measurement, baseline: Measurement, noise: Evidence | None) -> MostApart | None:
    """How far a case is from its baseline after so many updates; None where one of the two was not looked at there."""
    both = [next((r for r in each.proof.reached if r.updates == updates), None) for each in (m, baseline)]
    ours, theirs = both
    return _apart(ours, theirs, noise or baseline.evidence) if ours and theirs else None


def _limit(updates: int, baseline: Measurement, noise: Evidence) -> MostApart | None:
    """What may differ after so many updates; more where a rounding drives the baseline itself further apart.

    MOST_APART was measured in float32: in another precision, nothing is known where the baseline has not measured it.
    """
    mark, fixed = next(((mark, reach) for mark, reach in MOST_APART if updates <= mark), (0, None))
    moved = noise.moved
    at_mark = next((r for r in baseline.proof.reached if moved and r.updates == moved.updates), None)
    if fixed is None or moved is None or at_mark is None:
        return fixed if baseline.case.workload.precision == "float32" else None
    factor = MOVED * (1 if mark == moved.updates else GROWTH)
    apart = _apart(moved, at_mark, noise)
    own = (apart.whole, apart.length, apart.weight, apart.loss)
    limits = (fixed.whole, fixed.length, fixed.weight, fixed.loss)
    return MostApart(
        *(max(most, factor * far if math.isfinite(far) else 0.0) for most, far in zip(limits, own, strict=True))
    )


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
    loss = 0.0 if ours.loss is None or theirs.loss is None else relative(ours.loss, theirs.loss)
    return MostApart(whole, max(lengths, default=0.0), max(weights, default=0.0), loss)


def _is_rounding(sketch: GradientSketch) -> bool:
    """Whether a move of every weight by one rounding changes this weight's gradient by a share that is no rounding."""
    return (sketch.noise or 0.0) > ROUNDING * (sketch.norm or 0.0)


def _other_reach(ours: Reached, theirs: Reached, noise: Evidence, limit: MostApart) -> list[str]:
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
    return math.sqrt(sum(squares) / len(squares))
