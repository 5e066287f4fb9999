"""`accuracy`: train in several modes from several seeds, and report whether they learn the same.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bench.commands import spelling
from bench.commands.console import (
    JSON,
    QUIET,
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
from bench.errors import BenchError, Exit
from bench.machine.signals import exit_code
from bench.records.choices import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.records.training import AccuracyPlan
    from cifar_core.cifar10 import Source


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
    out: Annotated[
        Path | None,
        typer.Option(help="A new folder; RUN/accuracy joins a run.", show_default="results/<time>-accuracy"),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(show_default=False, help="Continue the trainings in this folder.")
    ] = None,
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """Train in several modes from several seeds: do they learn the same, and how soon?"""
    from bench.runner import train
    from bench.runner.accuracy import plan

    with speaking(json, quiet) as out_stream:
        stream = out_stream if json else None
        if resume:
            return _resume(resume, data, wait, stream)
        names, own = _that_train(spelling.modes(modes)), spelling.models(model, "--model")

        def planned(source: "Source") -> "AccuracyPlan":
            training = train.plan(names.split(",")[0], own, recipe, steps, display_step, data, seed, source)
            return plan(names, seeds, target, margin, training)

        return _start(planned, data, out, wait, stream)


def _that_train(asked: str) -> str:
    """The modes that can follow a recipe; others are left out of a group, and refused where they are named."""
    from bench.modes import row
    from bench.runner.plan import choose_modes

    chosen = choose_modes(asked)
    timed_only = [name for name in chosen if not row(name).trains]
    able = ",".join(name for name in chosen if name not in timed_only)
    named = [name for name in timed_only if name in asked.split(",")]
    if named or not able:
        raise BenchError(
            f"only timed, by `run`, and not trained: {', '.join(named or timed_only)}; "
            f"type e.g. --modes {able or DEFAULTS.modes}"
        )
    if timed_only:
        aside(f"note: left out, because `run` only times them: {', '.join(timed_only)}")
    return able


def _start(
    planned: "Callable[[Source], AccuracyPlan]", data: str, out: Path | None, wait: bool, json: TextIO | None
) -> Exit:
    from bench.records.folders import create_accuracy
    from cifar_core import cifar10

    planned(cifar10.SYNTHETIC)  # what is typed wrongly is said before any images are read
    with slowly(f"reading the data ({data})"):
        source = cifar10.find(data)
    host_lock(wait).ask()
    folder = out or results("accuracy")
    create_accuracy(folder, planned(source))
    return _execute(folder, source, wait, json)


def _resume(folder: Path, data: str, wait: bool, json: TextIO | None) -> Exit:
    from bench.records.folders import open_accuracy
    from bench.records.kinds import refuse_others
    from bench.runner.train import source_of

    refuse_others(folder, "accuracy.json")
    source = source_of(open_accuracy(folder).training, data)
    host_lock(wait).ask()
    return _execute(folder, source, wait, json)


def _execute(folder: Path, source: "Source", wait: bool, json: TextIO | None) -> Exit:
    from bench.commands import terminal
    from bench.report.accuracy import build
    from bench.runner.accuracy import execute

    aside(f"data: {source.title}\nfolder: {folder}")
    warn_of_caches()
    try:
        with terminal.progress("seed") as progress:
            execute(folder, source, progress, turn=host_lock(wait))
    except KeyboardInterrupt as error:
        aside(f"interrupted; go on with: cifar-bench accuracy --resume {folder}")
        build(folder)
        return exit_code(error)
    return show_accuracy(folder, json=json)


def show_accuracy(folder: Path, png: bool = False, json: TextIO | None = None) -> Exit:
    """Rebuild the report of several trainings, with PNGs if asked for, and print its results; to `json` as JSON."""
    from bench.commands import terminal
    from bench.report import accuracy_summary
    from bench.report.accuracy import build
    from bench.report.sections import learning, learning_tables

    path, trainings = build(folder, png)
    if json:
        write_json(accuracy_summary.document(trainings), folder, json)
        return accuracy_summary.exit_code(trainings)
    for sentence in learning.sentences(trainings):
        terminal.tell(sentence)
    terminal.show(learning_tables.table(trainings), _ORDER)
    for line in learning.alarms(trainings):
        aside(line.replace("**", ""))
    say_where(path)
    return accuracy_summary.exit_code(trainings)
