"""The command line, `cifar-bench` or `python -m bench`: options in, exit codes out. The work is done elsewhere.

Each command imports what it needs when it runs, so that --help and list answer at once.
"""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.analysis import Run
    from bench.plan import Options
    from bench.report import Report
    from bench.store import Store
    from cifar_core.cifar10 import Source

app = typer.Typer(
    help="What your way of executing a TensorFlow training step costs on this machine, and whether it still learns.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    modes: Annotated[str, typer.Option(help="Modes to compare, with commas: see `list`.")] = "all",
    models: Annotated[str, typer.Option(help="Models, with commas: see `list`.")] = "tutorial_cnn",
    batch_sizes: Annotated[str, typer.Option(help="Batch sizes, with commas.")] = "64",
    devices: Annotated[str, typer.Option(help="cpu, gpu or gpu:N, with commas.")] = "cpu",
    threads: Annotated[str, typer.Option(help="TensorFlow threads, with commas; 0 is its own choice.")] = "0",
    data: Annotated[str, typer.Option(help="auto, synthetic, or the folder of CIFAR-10's batch files.")] = "auto",
    seed: Annotated[int, typer.Option(help="Of weights, batches and the order of turns.")] = 0,
    preset: Annotated[str, typer.Option(help="quick, standard or thorough.")] = "standard",
    precision: Annotated[str | None, typer.Option(help="Add blocks until each interval is +-this: 2%.")] = None,
    budget: Annotated[str | None, typer.Option(help="Start no block that would end later: 90s, 10m, 1h.")] = None,
    out: Annotated[Path | None, typer.Option(help="A new run folder; default results/<time>-<preset>.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with the run in this folder; only --data counts.")] = None,
) -> None:
    """Time the training step in each mode and write a report."""
    from bench.plan import Options

    options = Options(modes, models, batch_sizes, devices, threads, data, seed, preset, precision, budget)
    store, source = _resumed(resume, options) if resume else _new(options, out)
    raise typer.Exit(_measure(store, source))


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="The folder of a run or of a training.")]) -> None:
    """Rebuild a report from the raw files."""
    from bench.report import build, training
    from bench.store import Store
    from bench.train import open_

    if (folder / "training.json").exists():
        typer.echo(f"{training.sentence(*open_(folder))}\nreport: {training.build(folder)}")
    else:
        _show(build(Store.open(folder)))


@app.command()
def train(
    mode: Annotated[str, typer.Option(help="The mode that trains: see `list`.")] = "function",
    model: Annotated[str, typer.Option(help="The model: see `list`.")] = "tutorial_cnn",
    recipe: Annotated[str, typer.Option(help="The recipe: see `list`.")] = "tutorial",
    steps: Annotated[int, typer.Option(help="Training steps; 0 is the recipe's own number.")] = 0,
    display_step: Annotated[int, typer.Option(help="Show, evaluate and keep a checkpoint every so many steps.")] = 1000,
    data: Annotated[str, typer.Option(help="auto, synthetic, a folder or the archive of CIFAR-10.")] = "auto",
    seed: Annotated[int, typer.Option(help="Of weights, batches, augmentation and dropout.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A new folder; default results/<time>-train-<mode>.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with the training in this folder.")] = None,
) -> None:
    """Train a model to an accuracy on the CPU or the first GPU, with curves and checkpoints."""
    from bench import train as line
    from cifar_core import cifar10

    if resume:
        folder, source = resume, line.source_of(line.open_(resume)[0], data)
    else:
        source = cifar10.find(data)
        folder = out or Path("results") / f"{datetime.now():%Y%m%d-%H%M%S}-train-{mode}"
        line.create(folder, line.plan(mode, model, recipe, steps, display_step, data, seed, source))
    raise typer.Exit(_train(folder, source))


@app.command()
def data(
    out: Annotated[Path | None, typer.Option(help="Folder to put CIFAR-10 in; default data.")] = None,
    url: Annotated[str | None, typer.Option(help="Another address of the official archive.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Draw samples of each class; without --out, of --data.")] = False,
    data: Annotated[str, typer.Option(help="What --show draws: auto, synthetic, a folder or the archive.")] = "auto",
    png: Annotated[Path, typer.Option(help="Where --show draws to.")] = Path("cifar10-samples.png"),
) -> None:
    """Download, check and unpack CIFAR-10; look at it."""
    from cifar_core import cifar10

    source = cifar10.find(data) if show and out is None else _download(out or Path("data"), url)
    typer.echo(f"data: {source.title}")
    if show:
        _draw(source, png)


@app.command("list")
def list_() -> None:
    """Show the modes, models, recipes, presets and devices there are."""
    from bench.modes import MODES
    from bench.plan import DEVICES, PRESETS
    from cifar_core.models import MODELS
    from cifar_core.recipe import RECIPES

    rows = {
        "modes": [(mode.name, mode.summary) for mode in MODES],
        "models": [(model.name, model.title) for model in MODELS],
        "recipes": [(recipe.name, recipe.title) for recipe in RECIPES],
        "presets": [(preset.name, preset.summary) for preset in PRESETS],
        "devices": [(name, "") for name in DEVICES],
    }
    for kind, entries in rows.items():
        typer.echo(f"{kind}:")
        for name, summary in entries:
            typer.echo(f"  {name:<14}{summary}".rstrip())


def _train(folder: Path, source: "Source") -> Exit:
    from bench import train as line
    from bench.report.training import log_line
    from cifar_core import cifar10

    dataset = cifar10.load(source, lambda text: typer.echo(text, err=True))
    typer.echo(f"data: {source.title}\nfolder: {folder}", err=True)
    try:
        line.execute(folder, dataset, lambda point: typer.echo(log_line(point)))
    except KeyboardInterrupt:
        typer.echo(f"interrupted; go on with: cifar-bench train --resume {folder}", err=True)
        return Exit.INTERRUPTED
    except FloatingPointError as error:
        typer.echo(f"error: {error}; the checkpoint before it is in {folder}", err=True)
        return Exit.CASE_FAILED
    except OSError as error:
        raise BenchError(f"cannot write to {folder}: {error.strerror}; make room, then --resume {folder}") from None
    report(folder)
    return Exit.OK


def _download(out: Path, url: str | None) -> "Source":
    from bench.terminal import Download
    from cifar_core import archive

    with Download() as progress:
        return archive.get(out, lambda text: typer.echo(text, err=True), progress, url or archive.URL)


def _draw(source: "Source", png: Path) -> None:
    from bench.report import plots
    from cifar_core.cifar10 import CLASS_NAMES, TRAIN_PARTS

    names = ["class"] * len(CLASS_NAMES) if source.synthetic else CLASS_NAMES
    try:
        plots.samples(source.read(TRAIN_PARTS[0]), names, source.title, png)
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot draw to {png}: {error}; give another --png, ending in .png") from None
    typer.echo(f"samples: {png}")


def _new(options: "Options", out: Path | None) -> "tuple[Store, Source]":
    from bench import plan
    from bench.store import Store
    from cifar_core import cifar10

    source = cifar10.find(options.data)
    folder = out or Path("results") / f"{datetime.now():%Y%m%d-%H%M%S}-{options.preset}"
    return Store.create(folder, plan.make(options, source)), source


def _resumed(folder: Path, options: "Options") -> "tuple[Store, Source]":
    from bench.store import Store
    from cifar_core import cifar10

    store = Store.open(folder)
    source = cifar10.find(store.plan.data if options.data == "auto" else options.data)
    wanted = store.plan.cases[0].workload.data
    if source.name != wanted:
        raise BenchError(f"{folder} was measured on {wanted}, found {source.name}; type --data with that folder")
    return store, source


def _measure(store: "Store", source: "Source") -> Exit:
    from bench import run as line
    from bench import terminal
    from bench.report import build

    typer.echo(f"data: {source.title}\nrun folder: {store.folder}", err=True)
    try:
        with terminal.progress() as progress:
            stopped = line.execute(store, source, progress)
    except KeyboardInterrupt:
        build(store)
        typer.echo(f"interrupted; go on with: cifar-bench run --resume {store.folder}", err=True)
        return Exit.INTERRUPTED
    if stopped:
        typer.echo(f"note: {stopped}", err=True)
    built = build(store)
    _show(built)
    if built.run.failed:
        return Exit.CASE_FAILED
    return Exit.OK if line.precise(store) else Exit.NOT_ENOUGH_EVIDENCE


def _show(built: "Report") -> None:
    from bench import terminal
    from bench.report import headline, steady

    for sentence in headline.sentences(built.run):
        typer.echo(sentence.replace("**", ""))
    for caveat in headline.caveats(built.run):
        typer.echo(caveat.replace("**", "").replace("`", ""))
    terminal.show(steady.table(built.run))
    for line in _failures(built.run):
        typer.echo(line, err=True)
    typer.echo(f"report: {built.path}")


def _failures(run: "Run") -> list[str]:
    """A line for each way in which a case failed, however often it did."""
    blocks: dict[str, list[str]] = {}
    for failure in (outcome.failure for outcome in run.outcomes if outcome.failure):
        what = f"failed: {failure.case.key}, {failure.stage}: {failure.message}"
        blocks.setdefault(what, []).append(str(failure.block))
    return [f"{what} (block {', '.join(numbers)})" for what, numbers in blocks.items()]


def main() -> None:
    """Run a command; each error is one line and its exit code."""
    from cifar_core.errors import DataError

    try:
        app(prog_name="cifar-bench")
    except (BenchError, DataError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(Exit.USAGE)
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)


if __name__ == "__main__":
    main()
