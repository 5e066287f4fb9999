"""The section on learning: test accuracy by mode as a distribution over seeds, and how soon a target was reached."""

from collections.abc import Sequence

from bench.analysis.learning import Learning, ModeLearning, TrainingResult
from bench.analysis.stats.equivalence import Equivalence
from bench.report.form.document import Figure, Part, Section, Table
from bench.report.form.wording import speedup_interval
from bench.report.plots import learning as plots
from bench.report.sections.learning_tables import (
    HERE,
    accuracy,
    margin_of,
    points,
    signed,
    table,
    times,
    to_target,
    trainings,
)

_READING = (
    "Each seed gives every mode the same initial weights and the same batches in the same order; rounding differs, "
    "and training amplifies it, so accuracies are compared as distributions over seeds, paired by seed. **Same** is "
    "claimed where the 90 % interval of the mean difference lies inside the margin (two one-sided tests at 5 %, "
    "Schuirmann 1987; all together, Berger and Hsu 1996); **different** where p < 0.05 after Holm's correction. One "
    "point is one per cent of the test images. All numbers: `tables/trainings.csv`."
)

_SECONDS = (
    "Seconds include building the model, the first step and the training with its input pipeline, not importing, "
    "loading images or evaluating. The target counts as reached at the first displayed step with that accuracy."
)

_MACHINES = (
    "The seeds were trained on several machines, each with all its modes on one of them. Accuracies are compared over "
    "all seeds. Times are not pooled: they stand by machine."
)


def section(learning: Learning, shown: Sequence[str] = ()) -> Section:
    """The findings, trainings that went wrong, the accuracies, the time to the target, and the curves.

    `shown`: the files of tables and figures that stand above already.
    """
    by_machine = (times(learning), _MACHINES) if len(learning.machines) > 1 else ()
    target = (to_target(learning), _SECONDS)
    tables: tuple[Part, ...] = (table(learning), _READING, *by_machine, *target, trainings(learning))
    parts = (*sentences(learning), *_alarms(learning), *figures(learning), *tables)
    left = tuple(part for part in parts if not (isinstance(part, Table | Figure) and part.file in shown))
    return Section(f"Does it learn the same?{learning.label}", left, summary(learning))


def summary(learning: Learning) -> str:
    """Which modes end where the baseline does."""
    same = [mode.title for mode in learning.modes[1:] if mode.difference and mode.difference.same and not mode.failed]
    if same:
        return f"Same test accuracy within {margin_of(learning.plan.margin)}: {_listed(same)}"
    others = [mode.title for mode in learning.modes[1:] if mode.difference and mode.difference.differs]
    return f"Different test accuracy: {_listed(others)}" if others else "No mode's accuracy is shown to be the same"


def _alarms(learning: Learning) -> list[str]:
    lines = alarms(learning)
    return ["Trainings that went wrong:\n\n" + "\n".join(f"- {line}" for line in lines)] if lines else []


def sentences(learning: Learning) -> list[str]:
    """The claims that the data support, on accuracy and then on time."""
    return [sentence for sentence in (_on_accuracy(learning), _on_time(learning)) if sentence]


def _on_accuracy(learning: Learning) -> str:
    baseline, steps = learning.baseline, learning.plan.training.training_steps
    if baseline.mean is None:
        return f"{baseline.title}, the baseline, has no training that reached step {steps:,}: nothing can be compared."
    if baseline.failed:
        return f"{baseline.title}, the baseline, failed in {_of_seeds(baseline)}: nothing is claimed."
    seeds = f" ({len(baseline.finals)} seeds)" if len(baseline.finals) > 1 else ""
    final = f"{baseline.title} reaches {accuracy(baseline)} test accuracy after {steps:,} steps{seeds}{learning.label}"
    if len(learning.modes) == 1:
        return f"{final}; no other mode was asked for."
    return "; ".join([final, *_clauses(learning)]).replace("; (", " (") + "."


def _clauses(learning: Learning) -> list[str]:
    """Modes that are the same, modes that are not, and modes that cannot be compared."""
    compared = [(mode, mode.difference) for mode in learning.modes[1:] if mode.difference and not mode.failed]
    same = [(mode, difference) for mode, difference in compared if difference.same]
    names = _listed([mode.title for mode, _ in same])
    clauses = [f"**{names}** the same within {margin_of(learning.plan.margin)}"] if same else []
    clauses += [
        f"(**{mode.title}** {signed(difference.mean)}, shown but inside it)"
        for mode, difference in same
        if difference.differs
    ]
    clauses += [f"**{mode.title}** {_not_same(difference)}" for mode, difference in compared if not difference.same]
    absent = [mode for mode in learning.modes[1:] if mode.failed or not mode.difference]
    return [*clauses, *(f"**{mode.title}** {_absent(mode)}" for mode in absent)]


def _absent(mode: ModeLearning) -> str:
    reasons = [t.not_applicable for t in mode.trainings if t.not_applicable]
    if mode.failed:
        return f"failed in {_of_seeds(mode)}, so nothing is claimed of it"
    return f"is not applicable ({reasons[0]})" if reasons else "did not come through"


def _of_seeds(mode: ModeLearning) -> str:
    return f"{mode.failed} of {len(mode.trainings)} seeds"


def _not_same(difference: Equivalence) -> str:
    if difference.low is None or difference.high is None:
        return f"{signed(difference.mean)} points from one seed, which says nothing about the mode"
    mean = f"{signed(difference.mean)} points [{signed(difference.low)}, {signed(difference.high)}]"
    if difference.differs:
        return f"differs by {mean} (p = {difference.p:.2g})"
    return f"{mean}: no difference is detected, nor that it is smaller than {points(difference.bound)} points"


def _on_time(learning: Learning) -> str:
    """On several machines: for each by itself."""
    if len(learning.machines) > 1:
        there = [(machine or HERE, _on_time(learning.on(machine))) for machine in learning.machines]
        return " ".join(f"On {machine}: {text[:1].lower()}{text[1:]}" for machine, text in there if text)
    ratios = [(mode, learning.target_speedup(mode, first_call=True)) for mode in learning.modes[1:] if not mode.failed]
    clauses = [f"**{mode.title}** {speedup_interval(ratio)}" for mode, ratio in ratios if ratio]
    goal = f"Time to {learning.plan.target:.2%} test accuracy, start-up included, vs {learning.baseline.title}"
    return f"{goal}: {', '.join(clauses)} (in the seeds where both reached it)." if clauses else ""


def alarms(learning: Learning) -> list[str]:
    """A line for each training that broke off, learned nothing, or has not ended."""
    begun = [t for mode in learning.modes for t in mode.trainings]
    lines = [f"{_name(t)} **broke off** after step {_last_step(t):,}: {t.failure}" for t in begun if t.failure]
    stalled = [t for t in begun if t.stalled]
    if stalled and len(stalled) == len([t for t in begun if t.finished]):
        steps = learning.plan.training.training_steps
        return [*lines, f"**No training learned anything** in {steps:,} steps (chance is 10 %); give more --steps."]
    lines += [f"{_name(t)} **learned nothing**: {t.points[-1].test_accuracy:.1%} (chance is 10 %)" for t in stalled]
    lines += [f"{_name(t)} has only reached step {_last_step(t):,}" for t in begun if not (t.finished or t.broken)]
    missing = len(learning.plan.modes) * len(learning.plan.seeds) - len(begun)
    return [*lines, f"{missing} trainings have not begun"] if missing else lines


def _name(result: TrainingResult) -> str:
    return f"{result.training.mode}, seed {result.training.recipe.seed},"


def _last_step(result: TrainingResult) -> int:
    return result.points[-1].step if result.points else 0


def figures(learning: Learning) -> list[Figure]:
    """Accuracy over seconds (of one machine), the final accuracies by seed, and the curves over steps."""
    finals = "; ".join(f"{mode.title} {accuracy(mode)}" for mode in learning.modes if mode.mean is not None)
    if not finals:
        return []
    curves = "Test accuracy and test loss over steps, mean and range over seeds"
    seconds = Figure(
        "seconds",
        f"Test accuracy over seconds of training{learning.label}: final mean {finals}",
        plots.over_seconds(learning),
        "Mean over seeds; start-up and input pipeline included.",
    )
    return [
        *([seconds] if len(learning.machines) == 1 else []),
        Figure(
            "accuracies",
            f"Final test accuracy by mode, a dot a seed{learning.label}: {finals}",
            plots.accuracies(learning),
            f"Grey: the mean of {learning.baseline.title} ± {points(learning.plan.margin)} points.",
        ),
        Figure("learning", f"{curves}{learning.label}", plots.over_steps(learning)),
    ]


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
