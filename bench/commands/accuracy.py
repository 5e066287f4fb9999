"""`accuracy`: train in several modes from several seeds, and report whether they learn the same.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands import accuracy_on, fleet, spelling
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
from bench.errors import BenchError, Exit
from bench.machine.signals import exit_code
from bench.records.choices import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.records.training import AccuracyPlan
    from cifar_core.cifar10 import Source


_OUT = typer.Option(help="A new folder; RUN/accuracy joins a run.", show_default="results/<time>-accuracy")
_RESUME = typer.Option(show_default=False, help="Continue the trainings in this folder.")
_ORDER = ("mode", "test accuracy (mean ± sd)", "verdict", "difference (points, 90 %)", "speedup vs eager", "seeds")


def accuracy(
    modes: Annotated[str, typer.Option(help="Modes or groups of them, with commas: see `list`.")] = DEFAULTS.modes,
    seeds: Annotated[int, typer.Option(help="How many seeds, counted from --seed.")] = 5,
    steps: Annotated[int, typer.Option(help="Training steps; 0 is the recipe's own number.")] = 1500,
    model: Annotated[str, typer.Option(help="The model: see `list`.")] = "tutorial_cnn",
    recipe: Annotated[str, typer.Option(help="The recipe: see `list`.")] = "tuned",
    display_step: Annotated[int, typer.Option(help="Evaluate and keep a checkpoint every so many steps.")] = 100,
    target: Annotated[float, typer.Option(help="Test accuracy to reach; the default is the tutorial's.")] = 0.7207,
    margin: Annotated[float, typer.Option(help="Differences of up to this share of test images do not matter.")] = 0.01,
    data: Annotated[str, typer.Option(help="auto, synthetic, a folder or the archive of CIFAR-10.")] = "auto",
    seed: Annotated[int, typer.Option(help="The first seed.")] = 0,
    out: Annotated[Path | None, _OUT] = None,
    resume: Annotated[Path | None, _RESUME] = None,
    tensorboard: Annotated[bool, TENSORBOARD] = False,
    on: Annotated[str | None, fleet.ON] = None,
    tls: Annotated[Path | None, fleet.TLS] = None,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """Train in several modes from several seeds: do they learn the same, and how soon?"""
    from bench.runner import train
    from bench.runner.accuracy import plan
    from bench.runner.plan import choose_modes
    from cifar_core import cifar10

    place = fleet.where(on, tls)
    if place and tensorboard:
        raise BenchError("--tensorboard is for trainings on this machine; leave out --tensorboard or --on")
    if resume:
        with speaking(False, quiet):
            if place:
                return _shown(resume, accuracy_on.resume(resume, place))
            return _resume(resume, data, wait, tensorboard)
    modes, model = spelling.modes(modes), spelling.models(model, "--model")

    def planned(source: "Source") -> "AccuracyPlan":
        training = train.plan(choose_modes(modes)[0], model, recipe, steps, display_step, data, seed, source)
        return plan(modes, seeds, target, margin, training)

    planned(cifar10.SYNTHETIC)  # what is typed wrongly is said before any images are read
    with speaking(False, quiet):
        if place:
            return _shown(*accuracy_on.start(planned, data, out, place))
        return _start(planned, data, out, wait, tensorboard)


def _start(
    planned: "Callable[[Source], AccuracyPlan]", data: str, out: Path | None, wait: bool, tensorboard: bool
) -> Exit:
    from bench.records.folders import create_accuracy
    from cifar_core import cifar10

    with slowly(f"reading the data ({data})"):
        source = cifar10.find(data)
    host_lock(wait).ask()
    folder = out or results("accuracy")
    create_accuracy(folder, planned(source))
    return _execute(folder, source, wait, tensorboard)


def _resume(folder: Path, data: str, wait: bool, tensorboard: bool) -> Exit:
    from bench.records.folders import open_accuracy
    from bench.records.kinds import refuse_others
    from bench.runner.train import source_of

    refuse_others(folder, "accuracy.json")
    source = source_of(open_accuracy(folder).training, data)
    host_lock(wait).ask()
    return _execute(folder, source, wait, tensorboard)


def _execute(folder: Path, source: "Source", wait: bool, tensorboard: bool) -> Exit:
    from bench.commands import terminal
    from bench.records.folders import ask_for_events
    from bench.report.accuracy import build
    from bench.runner.accuracy import execute

    aside(f"data: {source.title}\nfolder: {folder}")
    warn_of_caches()
    if tensorboard:
        ask_for_events(folder)
    try:
        with terminal.progress("seed") as progress:
            execute(folder, source, progress, turn=host_lock(wait))
    except KeyboardInterrupt as error:
        aside(f"interrupted; go on with: cifar-bench accuracy --resume {folder}")
        build(folder)
        return exit_code(error)
    return _shown(folder, Exit.OK)


def _shown(folder: Path, code: Exit) -> Exit:
    """The command's exit code, once the results are shown: `code`, or that of a training that failed."""
    from bench.analysis.learning import read_learning

    show_accuracy(folder)
    return Exit.CASE_FAILED if code is Exit.OK and read_learning(folder).failed else code


def show_accuracy(folder: Path, png: bool = False) -> None:
    """Rebuild the report of several trainings, with PNGs if asked for, and print its results."""
    from bench.commands import terminal
    from bench.report.accuracy import build
    from bench.report.sections import learning, learning_tables

    path, trainings = build(folder, png)
    for sentence in learning.sentences(trainings):
        terminal.tell(sentence)
    terminal.show(learning_tables.table(trainings), _ORDER)
    for line in learning.alarms(trainings):
        aside(line.replace("**", ""))
    say_where(path)
