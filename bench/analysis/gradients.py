"""How far a case's first gradients are from its baseline's, as a share of their norm or in rounding units."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.modes import row
from bench.records.proof import Evidence, GradientSketch
from bench.records.run import Measurement


@dataclass(frozen=True, slots=True)
class Floor:
    """How far first gradients may differ where the baseline has measured its rounding noise.

    A weight's rounding unit is noise + `own` |g| + `largest` G, where |g| is its gradient's norm and G the largest such
    norm of any weight. So a gradient that is zero in exact arithmetic (of a bias before a normalisation) is compared
    with rounding, not with itself. `units` is the tolerance of each weight, in its units; `length` the relative
    tolerance of the norm of all gradients as one vector.
    One rounding may turn a ReLU or a maximum around, which moves a gradient by far more than the noise. Where the
    baseline has seen that happen, in its noise after a move of many roundings, the tolerance of a weight is larger by
    AGAIN times that far noise, but by no more than `turned` |g|.
    `losses` is a tolerance of each loss, in multiples of how far rounding drives the baseline's own: it counts where it
    is more than Tolerance.loss or Tolerance.curve.
    `loss` is how far apart (relative) the baseline's own first loss and that from moved weights may be; if they are
    further apart, the step could not be repeated, and the noise is not rounding.
    """

    own: float
    largest: float
    units: float
    turned: float
    length: float
    losses: float
    loss: float


# Largest honest units and differences of the length, on a CPU against eager; raw data not kept. float32, batches 16 and
# 64, seeds 0 to 2: mlp 2.2, tutorial_cnn 1.8, convolution with bias and normalisation 21, attention 1.2, GRU 0.8. Batch
# 16, two seeds: resnet9 25, MobileNetV2 36 (1.6e3 and 190 without the far noise); length 1.4e-4. resnet9 at batch 64
# under XLA, on another CPU: 60 in one repetition and 3 in the next, with the far noise counted once. MobileNetV2 at
# batch 8 under XLA: one weight's by 0.064 |g|, whose far noise is 0.15 |g|.
# mlp and tutorial_cnn in bfloat16: 1.0 and 1.6e-2; in float16: 0.08 and 2e-5. resnet9 was not measured in these.
# tests/tf/modes/test_gradient_floor.py repeats a part. No GPU was measured: there, and in tf32, the tolerances without
# a floor hold.
AGAIN = 3.0  # what turns around is chance: another move of as many roundings may well turn three times as much
FLOORS = {
    ("float32", "cpu"): Floor(own=1e-7, largest=1e-9, units=50, turned=0.2, length=5e-3, losses=15, loss=1e-4),
    ("mixed_bfloat16", "cpu"): Floor(own=1e-2, largest=1e-4, units=3, turned=0, length=8e-2, losses=5, loss=2e-2),
    ("mixed_float16", "cpu"): Floor(own=1e-3, largest=1e-5, units=3, turned=0, length=2e-2, losses=5, loss=2e-3),
}


def floor_of(baseline: Evidence, precision: str, device: str) -> Floor | None:
    """The floor of this precision on this device; None where it is not known, or the baseline measured no noise.

    Noise also counts as not measured where the baseline's first step could not be repeated: its first loss came out
    otherwise by more than rounding, as with random numbers that are drawn again each time.
    """
    measured = all(sketch.noise is not None and sketch.norm is not None for sketch in baseline.gradients)
    if baseline.by_change or not measured or not baseline.moved_losses:
        return None
    floor = FLOORS.get((precision, device))
    repeated = relative(baseline.moved_losses[0], baseline.first_losses[0])
    return floor if floor and repeated <= floor.loss else None


def with_noise_of(evidence: Evidence, measured: Evidence) -> Evidence:
    """The evidence with the noise that another case measured of the same first step; as it is where they differ."""
    same = [sketch.weight for sketch in evidence.gradients] == [sketch.weight for sketch in measured.gradients]
    if not same or measured.weights_digest != evidence.weights_digest:
        return evidence
    gradients = tuple(
        replace(sketch, noise=other.noise, far_noise=other.far_noise)
        for sketch, other in zip(evidence.gradients, measured.gradients, strict=True)
    )
    return replace(
        evidence,
        gradients=gradients,
        moved_losses=measured.moved_losses,
        moved=measured.moved,
        far_loss=measured.far_loss,
    )


# Another framework and XLA sum in another order, so a rounding may turn a ReLU or a maximum around that the baseline's
# own roundings leave alone: a share of a gradient's norm that may then differ. Measured on a CPU in float32: one
# maximum of the tutorial CNN at batch 64 under JAX made 9.4e-4 of conv1's gradient. One ReLU of the MLP at batch 512
# under XLA made 4e3 rounding units of hidden4_kernel's, on one CPU of two.
TURNED_BY_OTHERS = 5e-3


TURNED_ELSEWHERE = 5e-2  # the same for a batch on which the far noise was not measured, if there is any on the first


def sums_otherwise(mode: str, baseline: str) -> bool:
    """Whether one of two modes, as another framework or under XLA, sums in another order than the other."""
    return mode != baseline and any(row(name).peer or row(name).compiles for name in (mode, baseline))


def as_compared_with(evidence: Evidence, mode: str, baseline: str) -> Evidence:
    """The evidence of the mode `baseline`, with room for what the mode's own order of summing turns around."""
    if not sums_otherwise(mode, baseline):
        return evidence
    gradients = tuple(
        replace(sketch, far_noise=max(sketch.far_noise or 0.0, TURNED_BY_OTHERS / AGAIN * (sketch.norm or 0.0)))
        for sketch in evidence.gradients
    )
    return replace(evidence, gradients=gradients)


def noise_in(measurements: Sequence[Measurement]) -> Evidence | None:
    """The first evidence among a baseline's that holds its rounding noise: it is measured in one block of a run."""
    return next((m.evidence for m in measurements if m.evidence.moved_losses), None)


def more_than_rounding(
    gradients: Sequence[GradientSketch], reference: Sequence[GradientSketch], floor: Floor, which: str = "first"
) -> list[str]:
    """Where a case's gradients differ from the baseline's by more than rounding; empty where they do not."""
    reasons = []
    weight, units = most_rounding_units(gradients, reference, floor)
    if units > floor.units:
        reasons.append(
            f"its {which} gradient of {weight} differs by {units:.1e} rounding units (tolerance {floor.units:.0f})"
        )
    length = length_difference(gradients, reference)
    if length > floor.length:
        reasons.append(f"its {which} gradients' length differs by {length:.1e} (tolerance {floor.length:.0e})")
    return reasons


def on_another_batch(gradients: Sequence[GradientSketch], noise: Evidence) -> tuple[GradientSketch, ...]:
    """The baseline's gradients on another batch than the first, with the noise that was measured on the first.

    Which ReLUs and maxima a rounding turns around depends on the batch: where the first has any, this one may have
    others, which count for as much, but at least for TURNED_ELSEWHERE.
    """
    return tuple(
        replace(sketch, noise=measured.noise, far_noise=_far_elsewhere(measured) * (sketch.norm or 0.0))
        for sketch, measured in zip(gradients, noise.gradients, strict=True)
    )


def _far_elsewhere(measured: GradientSketch) -> float:
    """As a share of the gradient's norm."""
    far = measured.far_noise or 0.0
    return max(TURNED_ELSEWHERE / AGAIN, far / measured.norm if measured.norm else 0.0) if far else 0.0


def length_difference(gradients: Sequence[GradientSketch], reference: Sequence[GradientSketch]) -> float:
    """The relative difference of the L2 norms of all gradients as one vector."""
    return relative(_length(gradients), _length(reference))


def most_rounding_units(
    gradients: Sequence[GradientSketch], reference: Sequence[GradientSketch], floor: Floor
) -> tuple[str, float]:
    """The weight whose first gradients differ most in rounding units, and by how many of them."""
    largest = max(sketch.norm or 0.0 for sketch in reference)
    units = [
        (a.weight, _ratio(_distance(a, b), _unit(b, floor, largest))) for a, b in zip(gradients, reference, strict=True)
    ]
    return max(units, key=lambda pair: pair[1])


def _unit(sketch: GradientSketch, floor: Floor, largest: float) -> float:
    """A weight's rounding unit, with its share of what a turned ReLU may add to the tolerance."""
    norm = sketch.norm or 0.0
    turned = min(AGAIN * (sketch.far_noise or 0.0), floor.turned * norm)
    return (sketch.noise or 0.0) + floor.own * norm + floor.largest * largest + turned / floor.units


def _ratio(distance: float, unit: float) -> float:
    """Of nothing to nothing: 0."""
    return distance / unit if unit else math.inf if distance else 0.0


def _length(gradients: Sequence[GradientSketch]) -> float | None:
    """The L2 norm of all gradients as one vector; None where one is not finite."""
    norms = [sketch.norm for sketch in gradients]
    return None if None in norms else math.hypot(*(norm for norm in norms if norm is not None))


def largest_gradient_difference(
    gradients: Sequence[GradientSketch], reference: Sequence[GradientSketch]
) -> tuple[str, float]:
    """The weight whose first gradients differ most, and by how much of the reference's norm."""
    if len(gradients) != len(reference) or not gradients:
        return "its weights, of which there are others", math.inf
    differences = [(a.weight, _sketch_difference(a, b)) for a, b in zip(gradients, reference, strict=True)]
    return max(differences, key=lambda pair: pair[1])


def _sketch_difference(a: GradientSketch, b: GradientSketch) -> float:
    """An estimate of |a - b| / |b|, or of |a - b| where b is zero."""
    distance = _distance(a, b)
    return distance / b.norm if b.norm else distance


def _distance(a: GradientSketch, b: GradientSketch) -> float:
    """Root mean square of the projections' differences: an estimate of |a - b|.

    Gaussian projections keep lengths on average (Johnson and Lindenstrauss 1984). A NaN counts as infinitely far.
    Projections are taken once a run; where one has none, the lengths' difference, which is at most |a - b|.
    """
    if a.norm is not None and b.norm is not None and not (a.projections and b.projections):
        return abs(a.norm - b.norm)
    if a.norm is None or b.norm is None or None in a.projections or None in b.projections:
        return math.inf
    if len(a.projections) != len(b.projections) or not a.projections:
        return math.inf
    squares = [
        (x - y) ** 2 for x, y in zip(a.projections, b.projections, strict=True) if x is not None and y is not None
    ]
    return math.sqrt(math.fsum(squares) / len(squares))


def relative(value: float | None, reference: float | None) -> float:
    """|value - reference| / |reference|; infinite where either is not finite."""
    if value is None or reference is None:
        return math.inf
    return abs(value - reference) / max(abs(reference), 1e-12)
