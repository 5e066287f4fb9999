"""`train`: train one model in one mode, with curves and checkpoints.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bench.commands import spelling
from bench.commands.console import (
    JSON,
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
    write_json,
)
from bench.commands.heartbeat import Heartbeat
from bench.commands.streams import say
from bench.commands.wishes import Wishes
from bench.errors import BenchError, Exit
from bench.machine.signals import exit_code

if TYPE_CHECKING:
    from bench.records.training import Point, Training
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
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """Train a model to an accuracy on the CPU or the first GPU, with curves and checkpoints."""
    from bench.runner.train import plan
    from cifar_core import cifar10

    with speaking(json, quiet) as out_stream:
        wishes = Wishes(wait, out_stream if json else None, tensorboard)
        if resume:
            return _resume(resume, data, wishes)
        mode, model = spelling.modes(mode, "--mode"), spelling.models(model, "--model")
        # What is typed wrongly is said before any images are read.
        _refuse_timed_only(plan(mode, model, recipe, steps, display_step, data, seed, cifar10.SYNTHETIC))
        with slowly(f"reading the data ({data})"):
            source = cifar10.find(data)
        training = plan(mode, model, recipe, steps, display_step, data, seed, source)
        return _start(training, source, out, wishes)


def _refuse_timed_only(training: "Training") -> None:
    from bench import modes

    if not modes.row(training.mode).trains:
        able = ", ".join(row.name for row in modes.MODES if row.trains)
        raise BenchError(
            f"{training.mode} is only timed, by `run`; modes that train: {able}; type e.g. --mode function"
        )


def _start(training: "Training", source: "Source", out: Path | None, wishes: Wishes) -> Exit:
    from bench.records.folders import create_training

    host_lock(wishes.wait).ask()
    folder = out or results(f"train-{training.mode}")
    create_training(folder, training)
    return _execute(folder, source, wishes)


def _resume(folder: Path, data: str, wishes: Wishes) -> Exit:
    from bench.records.folders import open_training
    from bench.records.kinds import refuse_others
    from bench.runner.train import source_of

    refuse_others(folder, "training.json")
    source = source_of(open_training(folder)[0], data)
    host_lock(wishes.wait).ask()
    return _execute(folder, source, wishes)


def _execute(folder: Path, source: "Source", wishes: Wishes) -> Exit:
    from bench.records.folders import ask_for_events, open_training
    from bench.runner.train import TrainingFailed, execute

    aside(f"data: {source.title}\nfolder: {folder}")
    warn_of_caches()
    if wishes.tensorboard:
        ask_for_events(folder)
    try:
        with host_lock(wishes.wait), Heartbeat() as beat:
            execute(
                folder,
                source,
                partial(_loaded, beat),
                partial(_displayed, beat, open_training(folder)[0].training_steps),
            )
    except KeyboardInterrupt as error:
        aside(f"interrupted; go on with: cifar-bench train --resume {folder}")
        return exit_code(error)
    except TrainingFailed as failure:
        aside(f"error: {failure}; the checkpoint before it, and broken.json, are in {folder}")
        if wishes.json:
            _write(folder, wishes.json, str(failure))
        return Exit.CASE_FAILED
    show_training(folder, json=wishes.json)
    return Exit.OK


def _loaded(beat: Heartbeat, text: str) -> None:
    aside(text)
    beat.expect("loading TensorFlow, then training")


def _displayed(beat: Heartbeat, steps: int, point: "Point") -> None:
    from bench.report.training import log_line
    from bench.runner.eta import duration

    say(log_line(point))
    left_s = (steps - point.step) * point.step_s
    beat.expect(f"training from step {point.step:,}, about {duration(left_s)} left without evaluations")


def show_training(folder: Path, png: bool = False, json: TextIO | None = None) -> None:
    """Rebuild a training's report, with PNGs if asked for, and print its result; to `json` as JSON."""
    from bench.records.folders import open_training
    from bench.report import training

    if json:
        training.build(folder, png)
        _write(folder, json)
        return
    say(training.sentence(*open_training(folder)))
    say_where(training.build(folder, png))


def _write(folder: Path, json: TextIO, error: str | None = None) -> None:
    from bench.records.folders import open_training
    from bench.report.training_summary import document

    write_json(document(*open_training(folder), error), folder, json)
