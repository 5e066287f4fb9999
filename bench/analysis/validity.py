"""Whether a case ran as its mode claims, and whether it does its baseline's work.

Each check returns its reasons; no reasons means that the case passed. Equal work is checked before anything is timed,
the proof of mode afterwards, from the records.
"""

import math
from dataclasses import dataclass

from bench import modes
from bench.analysis.called import other_calls
from bench.analysis.drift import other_replicas
from bench.analysis.gradients import (
    Floor,
    as_compared_with,
    floor_of,
    largest_gradient_difference,
    more_than_rounding,
    relative,
    with_noise_of,
)
from bench.analysis.updates import (
    changed_while_timed,
    other_late_update,
    other_updates,
    wrong_settings,
    wrong_updates,
)
from bench.modes import placement
from bench.records.proof import Evidence, Execution
from bench.records.run import Measurement
from cifar_core.workload import INFER


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Largest relative differences that rounding may cause, by precision; `change` is of the weights' first change.

    float32: 2^-24 a rounding and sums of some 1e5 terms in another order; the curve passes five Adam updates, whose
    first steps divide by the gradient's own size and so amplify rounding. bfloat16: 2^-8 a rounding; float16: 2^-11.
    Historical, without raw data: five modes against eager on a CPU, all three models, batch 32, differed by at most
    2e-7, 4.5e-3, 1.9e-3 (loss, gradient, curve; float32), 2.3e-4, 0.36, 1.0e-2 (bfloat16) and 2.8e-5, 0.09, 7.6e-3
    (float16); the largest were resnet9's under XLA, where a rounding that turns a ReLU or a maximum around moves a
    whole sum.
    Optimizers that divide a gradient by its own size (RMSprop) turn the rounding of the smallest into whole steps.
    `gradient` holds only where the baseline has not measured its rounding noise: see Floor.
    """

    loss: float
    gradient: float
    curve: float
    change: float


FAR_ROUNDINGS = 2.0**7  # by how many a weight is moved for the far noise: FAR / ROUNDING of noise.py
MOST_IO_BYTES = 65536  # for all slices of a block; the odd line of a log is not a step's input or output

TOLERANCES = {
    "float32": Tolerance(loss=1e-5, gradient=2e-2, curve=1e-2, change=0.1),
    "mixed_bfloat16": Tolerance(loss=2e-3, gradient=0.7, curve=5e-2, change=0.7),
    "mixed_float16": Tolerance(loss=2e-4, gradient=0.3, curve=3e-2, change=0.3),
    "tf32": Tolerance(loss=2e-4, gradient=0.3, curve=3e-2, change=0.3),  # as many bits as float16
}
# A GPU's convolutions transform their input, which rounds more (Lavin and Gray 2016); not measured by this suite yet.
ON_GPU = {**TOLERANCES, "float32": Tolerance(loss=1e-4, gradient=5e-2, curve=2e-2, change=0.2)}


def tolerance_of(precision: str, device: str) -> Tolerance:
    """What cases of this precision may differ by where one of them runs on this device."""
    return (TOLERANCES if device == "cpu" else ON_GPU)[precision]


def unequal_work(evidence: Evidence, baseline: Evidence, precision: str, device: str = "cpu") -> tuple[str, ...]:
    """Why this case does not do its baseline's work; empty where it does.

    Of two loss curves the common beginning is compared: where steps take long, a curve is cut short.
    """
    precision = baseline.computes_in or precision
    tolerance = tolerance_of(precision, device)
    reasons = []
    if evidence.batches_digest != baseline.batches_digest:
        reasons.append("it trains on other batches than the baseline")
    if evidence.weights_digest != baseline.weights_digest:
        reasons.append("it starts from other weights than the baseline")
    if None in evidence.first_losses:
        step = evidence.first_losses.index(None) + 1
        return (*reasons, f"its loss is not finite at step {step}")
    weights, others = len(evidence.gradients), len(baseline.gradients)
    if weights != others:
        return (*reasons, f"it trains {weights} weights where the baseline trains {others}")
    first, *curve = loss_differences(evidence, baseline)
    floor = floor_of(baseline, precision, device)
    noise = _loss_noise(baseline, floor)
    most = max(tolerance.loss, *noise[:1])
    if first > most:
        reasons.append(f"its first loss differs by {first:.1e} (tolerance {most:.0e})")
    reasons += (
        more_than_rounding(evidence.gradients, baseline.gradients, floor)
        if floor
        else _unequal_gradients(evidence, baseline, tolerance)
    )
    if max(curve, default=0.0) > max(tolerance.curve, *noise):
        reasons.append(f"its losses drift {max(curve):.1e} apart within {len(curve) + 1} steps")
    reasons += wrong_settings(evidence, baseline)
    if not wrong_updates(baseline.updated):  # else a person's own optimizer has its own way
        reasons += wrong_updates(evidence.updated)
    return tuple(reasons)


def other_training(m: Measurement, baseline: Measurement, noise: Evidence | None) -> tuple[str, ...]:
    """Why this case has not trained on as its baseline in the same block; empty where it has.

    `noise` is evidence of the baseline that holds its rounding noise, of any block.
    """
    precision, device = baseline.evidence.computes_in or m.case.workload.precision, m.case.device
    measured = with_noise_of(baseline.evidence, noise or baseline.evidence)
    measured = as_compared_with(measured, m.case.mode, baseline.case.mode)
    floor = floor_of(measured, precision, device)
    most = max(tolerance_of(precision, device).loss, *_loss_noise(measured, floor)[:1])
    return tuple(other_late_update(m, baseline, measured, floor, most) + other_updates(m, baseline, measured))


def _loss_noise(baseline: Evidence, floor: Floor | None) -> list[float]:
    """How far each loss may lie apart because rounding drives the baseline's own as far; only 0 without a floor.

    How far one draw of roundings moves the first loss is chance, and may be next to nothing, so that a further move
    counts too, in proportion.
    """
    if floor is None:
        return [0.0]
    moved = [relative(a, b) for a, b in zip(baseline.moved_losses, baseline.first_losses, strict=False)]
    if baseline.far_loss is not None:
        further = relative(baseline.far_loss, baseline.first_losses[0]) / FAR_ROUNDINGS
        moved[0] = max(moved[0], min(further, floor.loss))  # as far as a near move counts as rounding
    return [floor.losses * difference for difference in moved if math.isfinite(difference)]


def _unequal_gradients(evidence: Evidence, baseline: Evidence, tolerance: Tolerance) -> list[str]:
    """Where a weight's first gradient, or first change, differs by too much of its own norm."""
    weight, difference = largest_gradient_difference(evidence.gradients, baseline.gradients)
    most = tolerance.change if baseline.by_change else tolerance.gradient
    what = "change" if baseline.by_change else "gradient"
    reason = f"its first {what} of {weight} differs by {difference:.1e} (tolerance {most:.0e})"
    return [reason] if difference > most else []


def loss_differences(evidence: Evidence, baseline: Evidence) -> list[float]:
    """Relative differences of the losses that both have, step by step."""
    return [relative(a, b) for a, b in zip(evidence.first_losses, baseline.first_losses, strict=False)]


def advice(evidence: Evidence, baseline: Evidence) -> str:
    """What a person can do about their own model that does other work in another mode."""
    given = (evidence.batches_digest, evidence.weights_digest) == (baseline.batches_digest, baseline.weights_digest)
    if given:
        return _advice_on_randomness(evidence.random_layers)
    return (
        "the factory and its batch() must give the same in every process: the seeds of Python, NumPy and TensorFlow "
        "are set before the factory is called, and batch() is given one"
    )


def _advice_on_randomness(random_layers: tuple[str, ...] | None) -> str:
    draws = "draw other numbers in another mode from the same seed, so leave them out to compare modes"
    if random_layers is None:
        return f"has the model random layers, such as Dropout? They {draws}"
    if random_layers:
        return f"its random layers ({', '.join(random_layers)}) {draws}"
    return (
        "the model has no random layers, so its own code may depend on how it is executed: random numbers of NumPy or "
        "Python, attributes that change in call()"
    )


def unproven_mode(measurement: Measurement) -> tuple[str, ...]:
    """Why the timed steps were not what the mode's name says; empty where they were."""
    proof, execution, reasons = measurement.proof, measurement.proof.execution, []
    if measurement.last_loss is None:
        reasons.append("its loss became NaN or infinite")
    if proof.updates != proof.updates_expected and measurement.case.workload.task != INFER:
        reasons.append(f"its optimizer counted {proof.updates} updates where {proof.updates_expected} were asked for")
    if proof.traces_while_timing:
        why = f": {'; '.join(execution.retraces)}" if execution.retraces else ""
        reasons.append(f"it retraced {proof.traces_while_timing} times while timed{why}")
    if compiled := _compiled_again(measurement):
        programs = f"{compiled} program" + "s" * (compiled != 1)
        reasons.append(f"XLA compiled {programs} in calls like the timed ones, so its times hold compilations")
    # A person's own batches may come from files, which is timed in every mode alike.
    if (proof.io_bytes_while_timing or 0) > MOST_IO_BYTES and not measurement.case.workload.own_model:
        reasons.append(f"it read and wrote {proof.io_bytes_while_timing:,} bytes while timed")
    reasons += [*_mode_reasons(measurement.case.mode, execution), *other_calls(measurement)]
    reasons += changed_while_timed(measurement)
    reasons += other_replicas(measurement)
    wanted = measurement.case.device.partition(":")[0].upper()
    if strangers := [device for device in execution.devices if not device.startswith(wanted)]:
        reasons.append(f"it used {', '.join(strangers)} though it is a {wanted} case")
    if proof.placement:
        reasons += placement.strangers(proof.placement, *modes.homes_of(measurement.case))
    if not execution.devices:
        reasons.append("TensorFlow named no device for its variables")
    return tuple(reasons)


def _compiled_again(measurement: Measurement) -> int:
    """How many programs XLA compiled in the profiled calls, which are like the timed ones. No trace shows it."""
    profile = measurement.costs.profile if measurement.costs else None
    return (profile.compilations or 0) if profile else 0


# A field of ExpectedExecution and of Execution; what is said where it should be there, and where it should not.
_UNEXPECTED = (
    ("traces", "nothing was traced", "it was traced"),
    ("graph_ops", "it called no graph", "it called a graph"),
    ("xla_compilations", "XLA compiled nothing", "XLA compiled it"),
    ("clusters", "XLA formed no cluster", "XLA formed clusters"),
    ("loops", "its graph holds no loop", "its graph holds a loop"),
    ("converted", "AutoGraph converted nothing", "AutoGraph converted it"),
    ("cache_reads", "it read no program from XLA's disk cache", "it read a program from XLA's disk cache"),
)


def _mode_reasons(mode: str, execution: Execution) -> list[str]:
    """Where the execution is not what the mode's row expects: the row's own reason, else each difference."""
    expected = modes.row(mode).expected
    differences = [
        absent if wanted else present
        for field, absent, present in _UNEXPECTED
        if (wanted := getattr(expected, field)) is not None and not _agrees(getattr(execution, field), wanted)
    ]
    return [expected.reason] if differences and expected.reason else differences


def _agrees(seen: int | bool | None, wanted: bool) -> bool:
    """Older files do not record whether AutoGraph converted the step (None): they count as converted."""
    return (seen is None or bool(seen)) == wanted
