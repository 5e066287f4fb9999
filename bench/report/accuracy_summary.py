"""summary.json of an `accuracy`: each mode's test accuracy, differences and times for other programs (see summary.py).

Accuracies and their differences are shares of the test images (0..1), not points.
"""

from typing import Any

from bench.analysis.learning import Learning, ModeLearning, seconds_to
from bench.analysis.stats.equivalence import Equivalence
from bench.errors import Exit
from bench.report.sections.learning_tables import step_s, verdict
from bench.report.summary import head, interval


def document(trainings: Learning) -> dict[str, Any]:
    """What the file holds."""
    plan, training = trainings.plan, trainings.plan.training
    return {
        **head("accuracy", exit_code(trainings), ["accuracy.json"]),
        "created": training.created,
        "data": training.data_title,
        "synthetic": training.synthetic,
        "model": training.model,
        "recipe": training.recipe.name,
        "batch_size": training.recipe.batch_size,
        "steps": training.training_steps,
        "seeds": list(plan.seeds),
        "target": plan.target,
        "margin": plan.margin,
        "baseline": trainings.baseline.mode,
        "modes": [_mode(trainings, mode) for mode in trainings.modes],
        "failures": [
            {"mode": mode.mode, "seed": each.training.recipe.seed, "text": each.failure}
            for mode in trainings.modes
            for each in mode.trainings
            if each.failure
        ],
    }


def exit_code(trainings: Learning) -> Exit:
    """The exit code of `accuracy`: whether every training reached its end and learned something."""
    return Exit.CASE_FAILED if trainings.failed else Exit.OK


def _mode(trainings: Learning, mode: ModeLearning) -> dict[str, Any]:
    target, base = trainings.plan.target, mode is trainings.baseline
    return {
        "mode": mode.mode,
        "title": mode.title,
        "verdict": verdict(trainings, mode),
        "test_accuracy": mode.mean,
        "sd": mode.sd,
        "difference": _difference(mode.difference),
        "step_s": step_s(mode),
        "speedup": None if base else interval(trainings.training_speedup(mode)),
        "target_speedup": None if base else interval(trainings.target_speedup(mode, first_call=True)),
        "by_seed": [
            {
                "seed": each.training.recipe.seed,
                "test_accuracy": mode.finals.get(each.training.recipe.seed),
                "seconds_to_target": seconds_to(each, target, first_call=True),
            }
            for each in mode.trainings
        ],
    }


def _difference(measured: Equivalence | None) -> dict[str, Any] | None:
    """Of the mean over seeds, with its 90 % interval."""
    if measured is None:
        return None
    known = {"value": measured.mean, "low": measured.low, "high": measured.high}
    return {**known, "same": measured.same, "p_holm": measured.p}
