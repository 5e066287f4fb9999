"""The command line, `cifar-bench` or `python -m bench`: options in, exit codes out. The work is done in command.py."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bench.commands import autograph as options
from bench.commands import breakeven as breakeven_command
from bench.commands import compare as compare_command
from bench.commands import data as data_command
from bench.commands import devices as devices_command
from bench.commands import report as report_command
from bench.commands import run as command
from bench.commands import selftest as selftest_command
from bench.commands import train as training_command
from bench.errors import BenchError, Exit, NotMeasured

CORE_MODES = "eager,graph,function,xla"

app = typer.Typer(
    help="What your way of executing a TensorFlow training step costs on this machine, and whether it still learns.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    modes: Annotated[str, typer.Option(help="Modes to compare, with commas, or all: see `list`.")] = CORE_MODES,
    models: Annotated[
        str, typer.Option("--models", "--model", help="Models, with commas: see `list`; your own as module:factory.")
    ] = "tutorial_cnn",
    batch_sizes: Annotated[str, typer.Option(help="Batch sizes, with commas.")] = "64",
    devices: Annotated[str, typer.Option(help="cpu, gpu or gpu:N, with commas.")] = "cpu",
    threads: Annotated[str, typer.Option(help="CPU threads, with commas; 0 is TensorFlow's choice.")] = "0",
    precisions: Annotated[str, typer.Option(help="float32, tf32 ..., with commas: see `list`.")] = "float32",
    inputs: Annotated[str, typer.Option(help="resident (on the device), pipeline, with commas.")] = "resident",
    steps_per_call: Annotated[str, typer.Option(help="For modes that loop in a call; 0 is a slice, in Keras 1.")] = "0",
    data: Annotated[str, typer.Option(help="auto, synthetic, or the folder of CIFAR-10's batch files.")] = "auto",
    seed: Annotated[int, typer.Option(help="Of weights, batches and the order of turns.")] = 0,
    preset: Annotated[str, typer.Option(help="quick, standard or thorough.")] = "standard",
    precision: Annotated[str | None, typer.Option(help="Add blocks until each interval is +-this: 2%.")] = None,
    budget: Annotated[str | None, typer.Option(help="Start no block that would end later: 90s, 10m, 1h.")] = None,
    slow_down: Annotated[str | None, typer.Option(help="Slow a mode on purpose, to try gates: 'function 5%'.")] = None,
    determinism: Annotated[bool, typer.Option("--determinism", help="Only ops that give the same bits.")] = False,
    blocks: Annotated[int | None, typer.Option(min=1, help="Measure so many now; --resume goes on.")] = None,
    probe: Annotated[bool, typer.Option(help="Try first whether your own models do the same in each mode.")] = True,
    out: Annotated[Path | None, typer.Option(help="A new run folder; default results/<time>-<preset>.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with this run; only --data and --blocks count.")] = None,
) -> None:
    """Time the training step in each mode and write a report."""
    from bench.records.choices import Options

    axes = (modes, models, batch_sizes, devices, threads, precisions, inputs, steps_per_call)
    options = Options(*axes, data, seed, preset, precision, budget, slow_down, determinism)
    if resume:
        raise typer.Exit(command.resume_run(resume, data, blocks, probe))
    raise typer.Exit(command.new_run(options, out, blocks, probe))


@app.command()
def report(folder: Annotated[Path, typer.Argument(help="The folder of a run, a training or `accuracy`.")]) -> None:
    """Rebuild a report from the raw files."""
    report_command.show(folder)


@app.command()
def breakeven(
    folder: Annotated[Path, typer.Argument(help="The folder of a run that predicts when modes are repaid.")],
    modes: Annotated[str, typer.Option(help="Modes to try, with commas, or all.")] = "function,xla",
    repeats: Annotated[int, typer.Option(help="Pairs of fresh processes for each number of steps.")] = 6,
    data: Annotated[str, typer.Option(help="auto: what the run was measured on; or where that is now.")] = "auto",
) -> None:
    """Try a run's break-evens out: total times at half and at twice the predicted steps."""
    raise typer.Exit(breakeven_command.try_break_even(folder, modes, repeats, data))


@app.command()
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Run folders; the others are held against the first.")],
    fail_on: Annotated[list[str] | None, typer.Option(help="Exit 1 where it holds: 'slower 5%'. Repeatable.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the comparison goes; default results/<time>-compare.")] = None,
) -> None:
    """Put runs side by side: what changed, what differs around them; gates for CI."""
    raise typer.Exit(compare_command.compare(folders, fail_on or [], out))


@app.command()
def history(folder: Annotated[Path, typer.Argument(help="The folder that runs lie in.")] = Path("results")) -> None:
    """Show every case of every run in a folder, oldest first."""
    raise typer.Exit(compare_command.history(folder))


@app.command()
def selftest(
    preset: Annotated[str, typer.Option(help="quick: under a minute; thorough: 20 runs.")] = "quick",
    mode: Annotated[str, typer.Option(help="The mode that is held against itself: see `list`.")] = "function",
    runs: Annotated[int | None, typer.Option(help="Runs of A/A and recovery; the preset's own number if left.")] = None,
    neighbour: Annotated[bool, typer.Option("--neighbour", help="Beside a process that keeps one core busy.")] = False,
    simulate: Annotated[bool, typer.Option("--simulate", help="The statistics alone, on simulated machines.")] = False,
    data: Annotated[str, typer.Option(help="auto, synthetic, or the folder of CIFAR-10's batch files.")] = "auto",
    out: Annotated[Path | None, typer.Option(help="A new folder; default results/<time>-selftest-<preset>.")] = None,
) -> None:
    """Measure the instrument: its clock, its cost, its false alarms, what it can find here."""
    if simulate:
        raise typer.Exit(selftest_command.simulate())
    raise typer.Exit(selftest_command.selftest(mode, preset, runs, neighbour, data, out))


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
    from bench.runner.train import plan
    from cifar_core import cifar10

    if resume:
        raise typer.Exit(training_command.resume_training(resume, data))
    source = cifar10.find(data)
    training = plan(mode, model, recipe, steps, display_step, data, seed, source)
    raise typer.Exit(training_command.new_training(training, source, out))


@app.command()
def accuracy(
    modes: Annotated[str, typer.Option(help="Modes to compare, with commas, or all: see `list`.")] = CORE_MODES,
    seeds: Annotated[int, typer.Option(help="How many seeds, counted from --seed.")] = 5,
    steps: Annotated[int, typer.Option(help="Training steps; 0 is the recipe's own number.")] = 1500,
    model: Annotated[str, typer.Option(help="The model: see `list`.")] = "tutorial_cnn",
    recipe: Annotated[str, typer.Option(help="The recipe: see `list`.")] = "tuned",
    display_step: Annotated[int, typer.Option(help="Evaluate and keep a checkpoint every so many steps.")] = 100,
    target: Annotated[float, typer.Option(help="Test accuracy to reach; the default is the tutorial's.")] = 0.7207,
    margin: Annotated[float, typer.Option(help="Differences of up to this share of test images do not matter.")] = 0.01,
    data: Annotated[str, typer.Option(help="auto, synthetic, a folder or the archive of CIFAR-10.")] = "auto",
    seed: Annotated[int, typer.Option(help="The first seed.")] = 0,
    out: Annotated[Path | None, typer.Option(help="A new folder; default results/<time>-accuracy.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with the trainings in this folder.")] = None,
) -> None:
    """Train in several modes from several seeds: do they learn the same, and how soon?"""
    from bench.runner.accuracy import plan
    from bench.runner.plan import choose_modes
    from bench.runner.train import plan as one
    from cifar_core import cifar10

    if resume:
        raise typer.Exit(training_command.resume_accuracy(resume, data))
    source = cifar10.find(data)
    training = one(choose_modes(modes)[0], model, recipe, steps, display_step, data, seed, source)
    raise typer.Exit(training_command.new_accuracy(plan(modes, seeds, target, margin, training), source, out))


@app.command()
def data(
    out: Annotated[Path | None, typer.Option(help="Folder to put CIFAR-10 in; default data.")] = None,
    url: Annotated[str | None, typer.Option(help="Another address of the official archive.")] = None,
    show: Annotated[bool, typer.Option("--show", help="Draw samples of each class; without --out, of --data.")] = False,
    data: Annotated[str, typer.Option(help="What --show draws: auto, synthetic, a folder or the archive.")] = "auto",
    png: Annotated[Path, typer.Option(help="Where --show draws to.")] = Path("cifar10-samples.png"),
) -> None:
    """Download, check and unpack CIFAR-10; look at it."""
    raise typer.Exit(data_command.get_data(out, url, show, data, png))


@app.command()
def devices(json: Annotated[bool, typer.Option("--json", help="As JSON, with what TensorFlow said.")] = False) -> None:
    """Is my GPU used at all? What TensorFlow sees, whether it computes there, and what is missing."""
    raise typer.Exit(devices_command.show(json))


options.add(app)


@app.command("list")
def list_() -> None:
    """Show the modes, models, recipes, presets, devices, precisions and inputs there are."""
    from bench.modes import MODES
    from bench.records.choices import DEVICES, INPUTS, PRECISIONS, PRESETS
    from cifar_core.models import MODELS
    from cifar_core.recipe import RECIPES

    rows = {
        "modes": [(mode.name, mode.summary + " *" * mode.loops) for mode in MODES],
        "models": [*((model.name, model.title) for model in MODELS), ("module:factory", "your own: see the README")],
        "recipes": [(recipe.name, recipe.title) for recipe in RECIPES],
        "presets": [(preset.name, preset.summary) for preset in PRESETS],
        "devices": [(choice.name, choice.summary) for choice in DEVICES],
        "precisions": [(choice.name, choice.summary) for choice in PRECISIONS],
        "inputs": [(choice.name, choice.summary) for choice in INPUTS],
    }
    width = max(len(name) for entries in rows.values() for name, _ in entries)
    for kind, entries in rows.items():
        typer.echo(f"{kind}:")
        for name, summary in entries:
            typer.echo(f"  {name:<{width}}  {summary}")
    typer.echo(
        "* many steps in one call: --steps-per-call says how many; 0, the default, is a whole slice, in Keras one step"
    )


def main() -> None:
    """Run a command; each error is one line and its exit code."""
    from cifar_core.errors import DataError

    try:
        app(prog_name="cifar-bench")
    except (BenchError, DataError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(Exit.CASE_FAILED if isinstance(error, NotMeasured) else Exit.USAGE)
    except KeyboardInterrupt:
        sys.exit(Exit.INTERRUPTED)


if __name__ == "__main__":
    main()
