"""What `train` and `accuracy` do between their options and their exit codes. Leaves out the options (__main__.py).

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.commands.console import aside, results
from bench.errors import BenchError, Exit
from bench.records.folders import create_accuracy, create_training, open_accuracy, open_training

if TYPE_CHECKING:
    from bench.records.training import AccuracyPlan, Training
    from cifar_core.cifar10 import Source


def new_training(training: "Training", source: "Source", out: Path | None) -> Exit:
    """Train one model in one mode, report it."""
    from bench import modes

    if not modes.row(training.mode).trains:
        able = ", ".join(row.name for row in modes.MODES if row.trains)
        raise BenchError(
            f"{training.mode} is only timed, by `run`; modes that train: {able}; type e.g. --mode function"
        )
    folder = out or results(f"train-{training.mode}")
    create_training(folder, training)
    return _train(folder, source)


def resume_training(folder: Path, data: str) -> Exit:
    """Go on with a training."""
    from bench.runner import train

    return _train(folder, train.source_of(open_training(folder)[0], data))


def _train(folder: Path, source: "Source") -> Exit:
    from bench.report.training import log_line
    from bench.runner import train

    typer.echo(f"data: {source.title}\nfolder: {folder}", err=True)
    try:
        train.execute(folder, source, aside, lambda point: typer.echo(log_line(point)))
    except KeyboardInterrupt:
        aside(f"interrupted; go on with: cifar-bench train --resume {folder}")
        return Exit.INTERRUPTED
    except train.TrainingFailed as error:
        aside(f"error: {error}; the checkpoint before it, and broken.json, are in {folder}")
        return Exit.CASE_FAILED
    show_training(folder)
    return Exit.OK


def new_accuracy(plan: "AccuracyPlan", source: "Source", out: Path | None) -> Exit:
    """Train in several modes from several seeds, report whether they learn the same."""
    folder = out or results("accuracy")
    create_accuracy(folder, plan)
    return _compare_learning(folder, source)


def resume_accuracy(folder: Path, data: str) -> Exit:
    """Go on with such trainings."""
    from bench.runner import train

    return _compare_learning(folder, train.source_of(open_accuracy(folder).training, data))


def _compare_learning(folder: Path, source: "Source") -> Exit:
    from bench.analysis.learning import read_learning
    from bench.commands import terminal
    from bench.report.accuracy import build
    from bench.runner import accuracy

    aside(f"data: {source.title}\nfolder: {folder}")
    try:
        with terminal.progress("seed") as progress:
            accuracy.execute(folder, source, progress)
    except KeyboardInterrupt:
        build(folder)
        aside(f"interrupted; go on with: cifar-bench accuracy --resume {folder}")
        return Exit.INTERRUPTED
    show_accuracy(folder)
    return Exit.CASE_FAILED if read_learning(folder).failed else Exit.OK


def show_training(folder: Path) -> None:
    """Rebuild a training's report, and print what it comes to."""
    from bench.records.folders import open_training
    from bench.report import training

    typer.echo(f"{training.sentence(*open_training(folder))}\nreport: {training.build(folder)}")


def show_accuracy(folder: Path) -> None:
    """Rebuild the report of several trainings, and print what it comes to."""
    from bench.analysis.learning import read_learning
    from bench.commands import terminal
    from bench.report.accuracy import build
    from bench.report.sections import learning, learning_tables

    path = build(folder)
    found = read_learning(folder)
    for sentence in learning.sentences(found):
        typer.echo(sentence.replace("**", ""))
    terminal.show(learning_tables.table(found))
    for line in learning.alarms(found):
        aside(line.replace("**", ""))
    typer.echo(f"report: {path}")
