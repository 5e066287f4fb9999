"""The columns of the main table that trainings fill: test accuracy, and the time to the target accuracy."""

import statistics
from functools import partial

from bench.analysis.learning import Learning, ModeLearning, seconds_to
from bench.analysis.results import CaseResult, Run
from bench.report.form.document import Column, Row, number_of
from bench.report.form.wording import number
from bench.report.sections.learning_tables import difference

COMMAND = "`cifar-bench accuracy --out {}/accuracy`"


def columns(learned: Learning | None) -> tuple[Column, ...]:
    """Two columns; without trainings one that says nothing yet: the table's note says which command fills it."""
    if not learned:
        return (
            Column("test accuracy", lambda row: "–", "accuracy", partial(number_of, key="accuracy"), "high", "low"),
        )
    return (
        Column(
            f"test accuracy vs {learned.baseline.title}",
            _accuracy,
            "accuracy",
            partial(number_of, key="accuracy"),
            "high",
        ),
        Column(
            f"to {100 * learned.plan.target:.2f} % (s)",
            _seconds,
            "target",
            partial(number_of, key="target_s"),
            role="low",
            unit="s",
        ),
    )


def row(result: CaseResult, learned: Learning | None) -> Row:
    """What the mode's trainings came to; None for a mode that was not trained."""
    mode = None if result.case.again else _trained(result, learned)
    return {
        "accuracy": mode and mode.mean,
        "accuracy_difference": difference(mode.difference) if mode and mode.difference else None,
        "target_s": _to_target(mode, learned.plan.target) if mode and learned and learned.machines == ("",) else None,
    }


def _trained(result: CaseResult, learned: Learning | None) -> ModeLearning | None:
    return next((mode for mode in learned.modes if mode.mode == result.case.mode), None) if learned else None


def _to_target(mode: ModeLearning, target: float) -> float | None:
    seconds = [s for training in mode.trainings if (s := seconds_to(training, target, first_call=True)) is not None]
    return statistics.fmean(seconds) if seconds else None


def _accuracy(row: Row) -> str:
    share = number_of(row, "accuracy")
    if share is None:
        return "–"
    return f"{100 * share:.2f} % {row['accuracy_difference'] or ''}".rstrip()


def _seconds(row: Row) -> str:
    seconds = number_of(row, "target_s")
    return "–" if seconds is None else number(seconds)


def note(run: Run, learned: Learning | None) -> str:
    """Which command fills the columns, or what the trainings were."""
    if not learned:
        return f"– not measured. Fill the accuracy column: {COMMAND.format('RUN')}, then `cifar-bench report RUN`."
    training = learned.plan.training
    apart = _differing(run, learned)
    return (
        f"– not measured. Accuracy: {len(learned.plan.seeds)} seeds, {training.training_steps:,} steps, "
        f"{training.recipe.name} recipe; trained apart from the timing{f', {apart}' if apart else ''}."
    )


def _differing(run: Run, learned: Learning) -> str:
    """What is not the same in the trainings as in the timed run."""
    training, workload = learned.plan.training, run.plan.cases[0].workload
    environments = [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]
    pairs = [("model", training.model, workload.model), ("batch", training.recipe.batch_size, workload.batch_size)]
    if environments:
        first = environments[0]
        pairs.append(("machine", training.environment.cpu, first.cpu))
        pairs.append(("TensorFlow", training.environment.tensorflow, first.tensorflow))
    return ", ".join(f"with another {name} ({theirs})" for name, theirs, ours in pairs if theirs != ours)
