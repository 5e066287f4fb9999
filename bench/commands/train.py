"""`train`: train one model in one mode, with curves and checkpoints.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands import spelling
from bench.commands.console import (
    QUIET,
    TENSORBOARD,
    WAIT,
    aside,
    host_lock,
    results,
    say_where,
    slowly,
    speaking,
    warn_of_caches,
)
from bench.commands.streams import say
from bench.errors import BenchError, Exit
from bench.machine.signals import exit_code

if TYPE_CHECKING:
    from bench.records.training import Training
    from cifar_core.cifar10 import Source


def train(
    mode: Annotated[str, typer.Option(help="The mode that trains: see `list`.")] = "function",
    model: Annotated[str, typer.Option(help="The model: see `list`.")] = "tutorial_cnn",
    recipe: Annotated[str, typer.Option(help="The recipe: see `list`.")] = "tutorial",
    steps: Annotated[int, typer.Option(help="Training steps; 0 is the recipe's own number.")] = 0,
    display_step: Annotated[int, typer.Option(help="Show, evaluate and keep a checkpoint every so many steps.")] = 1000,
    data: Annotated[str, typer.Option(help="auto, synthetic, a folder or the archive of CIFAR-10.")] = "auto",
    seed: Annotated[int, typer.Option(help="Of weights, batches, augmentation and dropout.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A new folder.", show_default="results/<time>-train-<mode>")] = None,
    resume: Annotated[
        Path | None, typer.Option(show_default=False, help="Continue the training in this folder.")
    ] = None,
    tensorboard: Annotated[bool, TENSORBOARD] = False,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """Train a model to an accuracy on the CPU or the first GPU, with curves and checkpoints."""
    from bench.runner.train import plan
    from cifar_core import cifar10

    if resume:
        with speaking(False, quiet):
            return _resume(resume, data, wait, tensorboard)
    mode, model = spelling.modes(mode, "--mode"), spelling.models(model, "--model")
    # What is typed wrongly is said before any images are read.
    _refuse_timed_only(plan(mode, model, recipe, steps, display_step, data, seed, cifar10.SYNTHETIC))
    with slowly(f"reading the data ({data})"):
        source = cifar10.find(data)
    training = plan(mode, model, recipe, steps, display_step, data, seed, source)
    with speaking(False, quiet):
        return _start(training, source, out, wait, tensorboard)


def _refuse_timed_only(training: "Training") -> None:
    from bench import modes

    if not modes.row(training.mode).trains:
        able = ", ".join(row.name for row in modes.MODES if row.trains)
        raise BenchError(
            f"{training.mode} is only timed, by `run`; modes that train: {able}; type e.g. --mode function"
        )


def _start(training: "Training", source: "Source", out: Path | None, wait: bool, tensorboard: bool) -> Exit:
    from bench.records.folders import create_training

    host_lock(wait).ask()
    folder = out or results(f"train-{training.mode}")
    create_training(folder, training)
    return _execute(folder, source, wait, tensorboard)


def _resume(folder: Path, data: str, wait: bool, tensorboard: bool) -> Exit:
    from bench.records.folders import open_training
    from bench.records.kinds import refuse_others
    from bench.runner.train import source_of

    refuse_others(folder, "training.json")
    source = source_of(open_training(folder)[0], data)
    host_lock(wait).ask()
    return _execute(folder, source, wait, tensorboard)


def _execute(folder: Path, source: "Source", wait: bool, tensorboard: bool) -> Exit:
    from bench.records.folders import ask_for_events
    from bench.report.training import log_line
    from bench.runner.train import TrainingFailed, execute

    aside(f"data: {source.title}\nfolder: {folder}")
    warn_of_caches()
    if tensorboard:
        ask_for_events(folder)
    try:
        with host_lock(wait):
            execute(folder, source, aside, lambda point: say(log_line(point)))
    except KeyboardInterrupt as error:
        aside(f"interrupted; go on with: cifar-bench train --resume {folder}")
        return exit_code(error)
    except TrainingFailed as failure:
        aside(f"error: {failure}; the checkpoint before it, and broken.json, are in {folder}")
        return Exit.CASE_FAILED
    show_training(folder)
    return Exit.OK


def show_training(folder: Path, png: bool = False) -> None:
    """Rebuild a training's report, with PNGs if asked for, and print its result."""
    from bench.records.folders import open_training
    from bench.report import training

    say(training.sentence(*open_training(folder)))
    say_where(training.build(folder, png))
