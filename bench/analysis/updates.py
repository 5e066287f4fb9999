"""Whether every update of a case was its baseline's and its optimizer's, from the first to the last.

Each check returns its reasons; no reasons means that the case passed, or that its file holds nothing to check.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from bench import modes
from bench.analysis.gradients import Floor, more_than_rounding, on_another_batch, relative
from bench.analysis.reached import other_reach
from bench.records.proof import Evidence, Late, Repeated, Updated
from bench.records.run import Failure, Measurement

FIRST_LOSSES = 5  # that a case's work is compared by, unless its steps take too long
OFF, ALONG, MOMENT = 20.0, 50.0, 1e-4  # of an update: rounding units, and relative (see records.proof.Updated)
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
    if repeated.exact or not (repeats_exactly(m) or _rougher(repeated)):
        return []
    where = f", most in {repeated.variable}" if repeated.variable else ""
    return [f"{what}: the loss by {repeated.loss:.1e}, the weights' change by {repeated.whole:.1e}{where}"]


def _rougher(repeated: Repeated) -> bool:
    return repeated.loss > ROUGHLY.loss or repeated.whole > ROUGHLY.whole or repeated.most > ROUGHLY.most


def repeats_exactly(m: Measurement) -> bool:
    """Whether the same updates must give the same bits: on a CPU those of the built-in models do in every mode.

    But where a case's own replays differ from each other, as with oneDNN on several threads: there the order of some
    sums is left to chance, as it is on a GPU, and may be in a person's own model.
    """
    by_chance = m.proof.replay is not None and m.proof.replay.by_chance
    return m.case.deterministic or (m.case.device == "cpu" and not m.case.workload.own_model and not by_chance)


def inexact(measurements: Sequence[Measurement]) -> list[str]:
    """A warning where updates that were repeated gave nearly the same."""
    replays = [m.proof.replay for m in measurements if m.proof.replay and not repeats_exactly(m)]
    worst = max((r.first.whole for r in replays if not _rougher(r.first)), default=0.0)
    return [f"the same updates repeated differ by {worst:.1e}: not every op is deterministic"] if worst else []


def repeated_few(measurements: Sequence[Measurement]) -> list[str]:
    """What a slow mode's verdict says where its evidence rests on fewer first losses than others' does."""
    looked_at = [m for m in measurements if m.proof.replay]  # by this version, not an older one
    fewest = min((len(m.evidence.first_losses) for m in looked_at), default=FIRST_LOSSES)
    few = fewest < FIRST_LOSSES
    return [f"only its first {fewest} losses were compared, for its steps take long"] if few else []


def missed_the_look(
    measurements: Sequence[Measurement], failures: Sequence[Failure], baseline: Sequence[Measurement]
) -> list[str]:
    """A warning of a case that failed in the one repetition in which weights are compared after some updates."""
    looked_at = {m.block for m in baseline if m.proof.reached}
    missed = looked_at & {failure.block for failure in failures} and not looked_at & {m.block for m in measurements}
    tip = "type: cifar-bench run --resume RUN --retry-failed"
    return [f"its weights after 10 and 40 updates were not compared, for it failed then; {tip}"] if missed else []


def other_late_update(
    m: Measurement, baseline: Measurement, noise: Evidence, floor: Floor | None, most: float
) -> list[str]:
    """The one late update from the start's weights: on the same batch where that is known, or after as many updates.

    `most` is how far apart (relative) the losses may be. Without a floor, gradients are not compared.
    """
    ours, theirs = m.proof.late, baseline.proof.late
    if not ours or not theirs or not _on_same_batch(ours, theirs):
        return []
    apart = relative(ours.last_loss, theirs.last_loss)
    reasons = [f"the loss of a late step differs by {apart:.1e} (tolerance {most:.0e})"] if apart > most else []
    if floor:
        reference = on_another_batch(theirs.gradients, noise)
        reasons += more_than_rounding(ours.gradients, reference, floor, "late")
    return reasons


def _on_same_batch(ours: Late, theirs: Late) -> bool:
    return ours.updates == theirs.updates or (ours.batch is not None and ours.batch == theirs.batch)


def other_updates(m: Measurement, baseline: Measurement, noise: Evidence) -> list[str]:
    """Where a case's training differs from the baseline's in the same block; `noise` is what the baseline measured."""
    reasons = [] if wrong_updates(_late_update(baseline)) else wrong_updates(_late_update(m))
    reasons += other_reach(m, baseline, noise)
    if m.proof.still and not baseline.proof.still:
        reasons.append(f"in {m.proof.still} slices a weight did not move that had moved before")
    if m.proof.tracing_us and not baseline.proof.tracing_us and not modes.row(m.case.mode).prepares_each_call:
        reasons.append(f"it traced functions for {m.proof.tracing_us / 1e3:.1f} ms while timed, unlike the baseline")
    return reasons
