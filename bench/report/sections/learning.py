"""Does it learn the same? Test accuracy by mode as a distribution over seeds, and how soon a target was reached."""

from functools import partial

from bench.analysis.learning import Learning, ModeLearning, Trained
from bench.analysis.stats.equivalence import Equivalence
from bench.report.form.document import Figure, Part, Section
from bench.report.form.wording import interval
from bench.report.plots import learning as plots
from bench.report.sections.learning_tables import accuracy, points, signed, table, to_target, trainings

_READING = (
    "Each seed gives every mode the same initial weights and the same batches in the same order; rounding differs, "
    "and training amplifies it, so accuracies are compared as distributions over seeds, paired by seed. **Same** is "
    "claimed where the 90 % interval of the mean difference lies inside the margin (two one-sided tests at 5 %, "
    "Schuirmann 1987; all together, Berger and Hsu 1996); **different** where p < 0.05 after Holm's correction. One "
    "point is one per cent of the test images. All numbers: `tables/trainings.csv`."
)

_SECONDS = (
    "Seconds hold building the model, the first call and the training with its input pipeline, not importing, loading "
    "images or evaluating. The target counts as reached at the first displayed step whose test accuracy is there."
)


def section(learning: Learning) -> Section:
    """What may be said, the accuracies, the curves, the time to the target, and whatever went wrong."""
    figures = _figures(learning)
    parts: tuple[Part, ...] = (*sentences(learning), *_alarm(learning), table(learning), _READING, *figures[:1])
    parts = (*parts, to_target(learning), _SECONDS, *figures[1:], trainings(learning))
    return Section(f"Does it learn the same?{learning.label}", parts)


def _alarm(learning: Learning) -> list[str]:
    lines = alarms(learning)
    return ["Trainings that went wrong:\n\n" + "\n".join(f"- {line}" for line in lines)] if lines else []


def sentences(learning: Learning) -> list[str]:
    """What the evidence supports on accuracy, then on time."""
    return [sentence for sentence in (_on_accuracy(learning), _on_time(learning)) if sentence]


def _on_accuracy(learning: Learning) -> str:
    base, steps = learning.baseline, learning.plan.training.training_steps
    if base.mean is None:
        return f"{base.title}, the baseline, has no training that reached step {steps:,}: nothing can be compared."
    if base.failed:
        return f"{base.title}, the baseline, failed in {_of_seeds(base)}: nothing is claimed."
    seeds = f" ({len(base.finals)} seeds)" if len(base.finals) > 1 else ""
    reached = f"{base.title} reaches {accuracy(base)} test accuracy after {steps:,} steps{seeds}{learning.label}"
    if len(learning.modes) == 1:
        return f"{reached}; no other mode was asked for."
    judged = [(mode, mode.difference) for mode in learning.modes[1:] if mode.difference and not mode.failed]
    same = [(mode, difference) for mode, difference in judged if difference.same]
    names = _listed([mode.title for mode, _ in same])
    clauses = [f"**{names}** the same to within ±{points(learning.plan.margin)} points"] if same else []
    clauses += [
        f"(**{mode.title}** {signed(found.mean)}, shown but inside it)" for mode, found in same if found.differs
    ]
    clauses += [f"**{mode.title}** {_unlike(difference)}" for mode, difference in judged if not difference.same]
    absent = [mode for mode in learning.modes[1:] if mode.failed or not mode.difference]
    clauses += [f"**{mode.title}** {_absent(mode)}" for mode in absent]
    return "; ".join([reached, *clauses]).replace("; (", " (") + "."


def _absent(mode: ModeLearning) -> str:
    reasons = [t.not_applicable for t in mode.trained if t.not_applicable]
    if mode.failed:
        return f"failed in {_of_seeds(mode)}, so nothing is claimed of it"
    return f"is not applicable ({reasons[0]})" if reasons else "did not come through"


def _of_seeds(mode: ModeLearning) -> str:
    return f"{mode.failed} of {len(mode.trained)} seeds"


def _unlike(difference: Equivalence) -> str:
    if difference.low is None or difference.high is None:
        return f"{signed(difference.mean)} points from one seed, which says nothing about the mode"
    found = f"{signed(difference.mean)} points [{signed(difference.low)}, {signed(difference.high)}]"
    if difference.differs:
        return f"differs by {found} (p = {difference.p:.2g})"
    return f"{found}: no difference was shown, nor that it is smaller than {points(difference.bound)} points"


def _on_time(learning: Learning) -> str:
    found = [(mode, learning.sooner(mode, first_call=True)) for mode in learning.modes[1:] if not mode.failed]
    clauses = [f"**{mode.title}** {interval(ratio, sign='x')} as soon" for mode, ratio in found if ratio]
    goal = f"{learning.plan.target:.2%} test accuracy was reached, building and first call included"
    both = "in the seeds where both reached it"
    return f"{goal}, by {', '.join(clauses)} as by {learning.baseline.title} ({both})." if clauses else ""


def alarms(learning: Learning) -> list[str]:
    """A line for each training that broke off, learned nothing, or has not ended."""
    everything = [t for mode in learning.modes for t in mode.trained]
    lines = [f"{_name(t)} **broke off** after step {_reached(t):,}: {t.failure}" for t in everything if t.failure]
    stalled = [t for t in everything if t.stalled]
    if everything and len(stalled) == len([t for t in everything if t.finished]) > 0:
        steps = learning.plan.training.training_steps
        return [*lines, f"**No training learned anything** in {steps:,} steps (chance is 10 %); give more --steps."]
    lines += [f"{_name(t)} **learned nothing**: {t.points[-1].test_accuracy:.1%} (chance is 10 %)" for t in stalled]
    lines += [f"{_name(t)} has only reached step {_reached(t):,}" for t in everything if not (t.finished or t.broken)]
    missing = len(learning.plan.modes) * len(learning.plan.seeds) - len(everything)
    return [*lines, f"{missing} trainings have not begun"] if missing else lines


def _name(trained: Trained) -> str:
    return f"{trained.training.mode}, seed {trained.training.recipe.seed},"


def _reached(trained: Trained) -> int:
    return trained.points[-1].step if trained.points else 0


def _figures(learning: Learning) -> list[Figure]:
    told = "; ".join(f"{mode.title} {accuracy(mode)}" for mode in learning.modes if mode.mean is not None)
    if not told:
        return []
    curves = "Test loss and accuracy of each mode over steps and over seconds, mean and range over seeds"
    return [
        Figure(
            "accuracies",
            f"Test accuracy by mode, a dot a seed{learning.label}: {told}",
            partial(plots.accuracies, learning),
        ),
        Figure("learning", f"{curves}{learning.label}", partial(plots.curves, learning)),
    ]


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
