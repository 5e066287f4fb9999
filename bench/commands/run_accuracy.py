"""`run --accuracy`: the modes of a run are trained after its timing, into its folder, for the one report of both."""

from typing import TYPE_CHECKING

from bench.commands.console import aside, host_lock
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.records.run import Plan
    from bench.records.store import Store
    from bench.records.training import AccuracyPlan
    from cifar_core.cifar10 import Source

SEEDS, STEPS = 3, 500  # a few minutes for four modes on two cores; `accuracy` takes 5 and 1,500
DISPLAY_STEP, RECIPE, TARGET, MARGIN = 100, "tuned", 0.7207, 0.01  # as `accuracy` has them


def refuse(plan: "Plan", training: tuple[int, int] | None) -> None:
    """Raises BenchError for a run whose modes cannot be trained: before anything is measured."""
    models = {case.workload.model for case in plan.cases}
    if training is None:
        return
    if any(":" in model for model in models):
        raise BenchError("--accuracy trains the suite's own models on CIFAR-10, not yours; leave it out")
    if len(models) > 1:
        raise BenchError(f"--accuracy takes one model, not {', '.join(sorted(models))}; type e.g. --models mlp")
    if not _modes(plan):
        raise BenchError("none of these modes can follow a recipe, so --accuracy trains nothing; add e.g. eager")


def _modes(plan: "Plan") -> list[str]:
    """Those of the run that can train, the baseline first."""
    from bench import modes

    asked = dict.fromkeys(case.mode for case in plan.cases)
    return [mode for mode in asked if modes.row(mode).trains]


def train(store: "Store", source: "Source", seeds: int, steps: int, wait: bool) -> None:
    """Train what has not reached its end yet, modes interleaved. Raises KeyboardInterrupt with all kept."""
    from bench.analysis.learning import ACCURACY_FOLDER
    from bench.commands import terminal
    from bench.records.folders import create_accuracy, open_accuracy
    from bench.runner.accuracy import execute

    folder = store.folder / ACCURACY_FOLDER
    if not (folder / "accuracy.json").exists():
        create_accuracy(folder, planned(store.plan, source, seeds, steps))
    aside(claims(open_accuracy(folder)))
    with terminal.progress("seed") as progress:
        execute(folder, source, progress, turn=host_lock(wait))


def planned(plan: "Plan", source: "Source", seeds: int, steps: int) -> "AccuracyPlan":
    """The trainings of a run: its model and modes, by the recipe that `accuracy` takes."""
    from bench.runner import accuracy, train

    names, model = _modes(plan), plan.cases[0].workload.model
    training = train.plan(names[0], model, RECIPE, steps, DISPLAY_STEP, plan.data, plan.seed, source)
    return accuracy.plan(",".join(names), seeds, TARGET, MARGIN, training)


def claims(plan: "AccuracyPlan") -> str:
    """What such trainings can show, said before they begin."""
    seeds, steps = len(plan.seeds), plan.training.training_steps
    size = f"accuracy: {len(plan.modes)} modes x {seeds} seed{'s' * (seeds != 1)} x {steps:,} steps"
    if seeds < 5 or steps < 1500:
        return (
            f"{size}: shows a mode that learns nothing or much less; to claim the same accuracy within a point, or "
            "a time to the target, type --seeds 5 --steps 1500"
        )
    return f"{size}: shows differences of about a point, and the time to {plan.target:.2%}"
