"""What each command does between its options and its exit code. Leaves out the options (__main__.py).

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.plan import Options
    from bench.report import Report
    from bench.store import Store
    from bench.train_records import AccuracyPlan, Training
    from cifar_core.cifar10 import Source


def new_run(options: "Options", out: Path | None) -> Exit:
    """Plan a run, measure it, report it."""
    from bench import plan
    from bench.store import Store
    from cifar_core import cifar10

    source = cifar10.find(options.data)
    return _measure(Store.create(out or _results(options.preset), plan.make(options, source)), source)


def resume_run(folder: Path, data: str) -> Exit:
    """Go on with a run; `data` other than `auto` says where its images are now."""
    from bench.store import Store
    from cifar_core import cifar10

    store = Store.open(folder)
    source = cifar10.find(store.plan.data if data == "auto" else data)
    wanted = store.plan.cases[0].workload.data
    if source.name != wanted:
        raise BenchError(f"{folder} was measured on {wanted}, found {source.name}; type --data with that folder")
    return _measure(store, source)


def _measure(store: "Store", source: "Source") -> Exit:
    from bench import run as line
    from bench import terminal
    from bench.report import build

    typer.echo(f"data: {source.title}\nrun folder: {store.folder}", err=True)
    try:
        with terminal.progress("block") as progress:
            stopped = line.execute(store, source, progress)
    except KeyboardInterrupt:
        build(store)
        typer.echo(f"interrupted; go on with: cifar-bench run --resume {store.folder}", err=True)
        return Exit.INTERRUPTED
    if stopped:
        typer.echo(f"note: {stopped}", err=True)
    built = build(store)
    _show_run(built)
    if built.run.failed:
        return Exit.CASE_FAILED
    return Exit.OK if line.precise(store) else Exit.NOT_ENOUGH_EVIDENCE


def new_training(training: "Training", source: "Source", out: Path | None) -> Exit:
    """Train one model in one mode, report it."""
    from bench import modes, train

    if not modes.row(training.mode).trains:
        able = ", ".join(row.name for row in modes.MODES if row.trains)
        raise BenchError(
            f"{training.mode} is only timed, by `run`; modes that train: {able}; type e.g. --mode function"
        )
    folder = out or _results(f"train-{training.mode}")
    train.create(folder, training)
    return _train(folder, source)


def resume_training(folder: Path, data: str) -> Exit:
    """Go on with a training."""
    from bench import train

    return _train(folder, train.source_of(train.open_(folder)[0], data))


def _train(folder: Path, source: "Source") -> Exit:
    from bench import train
    from bench.report.training import log_line

    typer.echo(f"data: {source.title}\nfolder: {folder}", err=True)
    try:
        train.execute(folder, source, _aside, lambda point: typer.echo(log_line(point)))
    except KeyboardInterrupt:
        _aside(f"interrupted; go on with: cifar-bench train --resume {folder}")
        return Exit.INTERRUPTED
    except train.TrainingFailed as error:
        _aside(f"error: {error}; the checkpoint before it, and broken.json, are in {folder}")
        return Exit.CASE_FAILED
    show(folder)
    return Exit.OK


def new_accuracy(plan: "AccuracyPlan", source: "Source", out: Path | None) -> Exit:
    """Train in several modes from several seeds, report whether they learn the same."""
    from bench import accuracy

    folder = out or _results("accuracy")
    accuracy.create(folder, plan)
    return _compare_learning(folder, source)


def resume_accuracy(folder: Path, data: str) -> Exit:
    """Go on with such trainings."""
    from bench import accuracy, train

    return _compare_learning(folder, train.source_of(accuracy.open_(folder).training, data))


def _compare_learning(folder: Path, source: "Source") -> Exit:
    from bench import accuracy, terminal
    from bench.learning import read
    from bench.report.accuracy import build

    _aside(f"data: {source.title}\nfolder: {folder}")
    try:
        with terminal.progress("seed") as progress:
            accuracy.execute(folder, source, progress)
    except KeyboardInterrupt:
        build(folder)
        _aside(f"interrupted; go on with: cifar-bench accuracy --resume {folder}")
        return Exit.INTERRUPTED
    show(folder)
    return Exit.CASE_FAILED if read(folder).failed else Exit.OK


def show(folder: Path) -> None:
    """Rebuild the report of whatever the folder holds, and print what it comes to."""
    from bench.report import accuracy, build, training
    from bench.store import Store
    from bench.train import open_

    if (folder / "training.json").exists():
        typer.echo(f"{training.sentence(*open_(folder))}\nreport: {training.build(folder)}")
    elif (folder / "accuracy.json").exists():
        _show_accuracy(accuracy.build(folder), folder)
    else:
        _show_run(build(Store.open(folder)))


def _show_accuracy(path: Path, folder: Path) -> None:
    from bench import terminal
    from bench.learning import read
    from bench.report import learning, learning_tables

    found = read(folder)
    for sentence in learning.sentences(found):
        typer.echo(sentence.replace("**", ""))
    terminal.show(learning_tables.table(found))
    for line in learning.alarms(found):
        _aside(line.replace("**", ""))
    typer.echo(f"report: {path}")


def _show_run(built: "Report") -> None:
    from bench import terminal
    from bench.report import failures, headline, steady

    for sentence in headline.sentences(built.run):
        typer.echo(sentence.replace("**", ""))
    for caveat in headline.caveats(built.run):
        typer.echo(caveat.replace("**", "").replace("`", ""))
    terminal.show(steady.table(built.run))
    for line in failures.lines(built.run):
        typer.echo(line, err=True)
    typer.echo(f"report: {built.path}")


def get_data(out: Path | None, url: str | None, show: bool, data: str, png: Path) -> Exit:
    """Download CIFAR-10 if it is not there; draw samples if asked to."""
    from cifar_core import cifar10

    source = cifar10.find(data) if show and out is None else _download(out or Path("data"), url)
    typer.echo(f"data: {source.title}")
    if show:
        _draw(source, png)
    return Exit.OK


def _download(out: Path, url: str | None) -> "Source":
    from bench.terminal import Download
    from cifar_core import archive

    with Download() as progress:
        return archive.get(out, lambda text: typer.echo(text, err=True), progress, url or archive.URL)


def _draw(source: "Source", png: Path) -> None:
    from bench.report.plots import training as plots
    from cifar_core.cifar10 import CLASS_NAMES, TRAIN_PARTS

    names = ["class"] * len(CLASS_NAMES) if source.synthetic else CLASS_NAMES
    try:
        plots.samples(source.read(TRAIN_PARTS[0]), names, source.title, png)
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot draw to {png}: {error}; give another --png, ending in .png") from None
    typer.echo(f"samples: {png}")


def _aside(text: str) -> None:
    typer.echo(text, err=True)


def _results(name: str) -> Path:
    return Path("results") / f"{datetime.now():%Y%m%d-%H%M%S}-{name}"
