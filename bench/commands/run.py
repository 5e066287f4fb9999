"""What each command does between its options (__main__.py) and its exit code; trainings are in training_command.py.


Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.records.store import Store
    from bench.report.run import Report
    from bench.runner.plan import Options
    from cifar_core.cifar10 import Source


def new_run(options: "Options", out: Path | None, blocks: int | None = None, probe: bool = True) -> Exit:
    """Plan a run, measure it or its first blocks, report it; own models are probed first."""
    from bench.records.store import Store
    from bench.runner import plan
    from cifar_core import cifar10

    source = cifar10.find(options.data)
    return _measure(Store.create(out or results(options.preset), plan.make(options, source)), source, blocks, probe)


def resume_run(folder: Path, data: str, blocks: int | None = None, probe: bool = True) -> Exit:
    """Go on with a run, or with its next blocks; `data` other than `auto` says where its images are now."""
    from bench.records.store import Store

    store = Store.open(folder)
    return _measure(store, _source_of(store, data), blocks, probe)


def _source_of(store: "Store", data: str) -> "Source":
    """The images a run was measured on; `data` other than `auto` says where they are now."""
    from cifar_core import cifar10

    source = cifar10.find(store.plan.data if data == "auto" else data)
    wanted = store.plan.cases[0].workload.data
    if source.name != wanted:
        raise BenchError(f"{store.folder} was measured on {wanted}, found {source.name}; type --data with that folder")
    return source


def _measure(store: "Store", source: "Source", blocks: int | None, probe: bool) -> Exit:
    from bench.autograph.probe import own_models as probe_models
    from bench.commands import terminal
    from bench.machine import environment
    from bench.report.run import build
    from bench.runner import eta
    from bench.runner import run as line

    typer.echo(f"data: {source.title}\nrun folder: {store.folder}", err=True)
    cores = environment.usable_cores(environment.read())
    if foretold := eta.foretell(store.plan, store.held(), cores, line.budget(store.plan.schedule)):
        typer.echo(foretold, err=True)
    try:
        probes = probe_models.probe_first(store, source, aside) if probe else probe_models.read_probes(store)
        refused = probe_models.refused(store.plan, probes)
        with terminal.progress("block") as progress:
            stopped = line.execute(store, source, progress, most_blocks=blocks, refused=refused)
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


def try_break_even(folder: Path, modes: str, repeats: int, data: str) -> Exit:
    """Try a run's predicted break-evens out, and put what came of it into its report."""
    from bench.commands import terminal
    from bench.records.store import Store
    from bench.report.run import build
    from bench.report.sections import breakeven as trials
    from bench.runner import breakeven as trial
    from bench.runner import plan

    store = Store.open(folder)
    source = _source_of(store, data)
    if repeats < 1:
        raise BenchError(f"{repeats} repeats try nothing; type e.g. --repeats 6")
    wanted = trial.plan(store, plan.choose_modes(modes), repeats)
    aside(f"data: {source.title}\nrun folder: {folder}")
    try:
        with terminal.progress("trial") as progress:
            found = trial.execute(store, source, wanted, progress)
    except KeyboardInterrupt:
        build(store)
        aside(f"interrupted; what was tried is kept: type the same again to go on with {folder}")
        return Exit.INTERRUPTED
    terminal.show(trials.table(found))
    for failure in found.failures:
        aside(f"failed: {failure.case.key}, {failure.stage}: {failure.message}")
    typer.echo(f"report: {build(store).path}")
    return Exit.CASE_FAILED if found.failures else Exit.OK


def show(folder: Path) -> None:
    """Rebuild the report of whatever the folder holds, and print what it comes to."""
    from bench.commands.selftest import show as show_selftest
    from bench.commands.training import show_accuracy, show_training
    from bench.records.store import Store
    from bench.report.run import build

    if (folder / "training.json").exists():
        show_training(folder)
    elif (folder / "accuracy.json").exists():
        show_accuracy(folder)
    elif (folder / "selftest.json").exists():
        show_selftest(folder)
    else:
        _show_run(build(Store.open(folder)))


def _show_run(built: "Report") -> None:
    from bench.commands import terminal
    from bench.report.sections import devices, failures, headline, steady, sweep

    for sentence in (*headline.sentences(built.run), *sweep.sentences(built.run), *devices.sentences(built.run)):
        typer.echo(sentence.replace("**", ""))
    for caveat in headline.caveats(built.run):
        typer.echo(caveat.replace("**", "").replace("`", ""))
    terminal.show(steady.table(built.run))
    for line in failures.lines(built.run):
        typer.echo(line, err=True)
    typer.echo(f"page: {built.page}\nreport: {built.path}")


def get_data(out: Path | None, url: str | None, show: bool, data: str, png: Path) -> Exit:
    """Download CIFAR-10 if it is not there; draw samples if asked to."""
    from cifar_core import cifar10

    source = cifar10.find(data) if show and out is None else _download(out or Path("data"), url)
    typer.echo(f"data: {source.title}")
    if show:
        _draw(source, png)
    return Exit.OK


def _download(out: Path, url: str | None) -> "Source":
    from bench.commands.terminal import Download
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


def aside(text: str) -> None:
    """Say it beside what the command prints, on stderr."""
    typer.echo(text, err=True)


def results(name: str) -> Path:
    """Where results go unless told otherwise."""
    return Path("results") / f"{datetime.now():%Y%m%d-%H%M%S}-{name}"
