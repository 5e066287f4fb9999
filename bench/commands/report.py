"""`report`: rebuild the report of whatever a folder holds, and print its results."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.accuracy import show_accuracy
from bench.commands.console import aside
from bench.commands.selftest import show_selftest
from bench.commands.streams import say
from bench.commands.train import show_training
from bench.errors import Exit

if TYPE_CHECKING:
    from bench.report.run import Report


def report(
    folder: Annotated[Path, typer.Argument(help="The folder of a run, a training or `accuracy`.")],
    slices: Annotated[bool, typer.Option("--slices", help="Of a run, write every slice to tables/slices.csv.")] = False,
    png: Annotated[bool, typer.Option("--png", help="Also draw the figures as PNG, for programs without SVG.")] = False,
    pack: Annotated[bool, typer.Option("--pack", help="Pack the raw files into one, to be kept or sent.")] = False,
) -> Exit:
    """Rebuild a report from the raw files."""
    from bench.records import packing
    from bench.records.store import Store
    from bench.report.run import build

    if pack:
        packing.pack(folder)
    if (folder / "training.json").exists():
        show_training(folder, png)
    elif (folder / "accuracy.json").exists():
        show_accuracy(folder, png)
    elif (folder / "selftest.json").exists():
        show_selftest(folder, png)
    else:
        rebuilt = build(Store.open(folder), slices, png)
        show_run(rebuilt)
        return Exit.CASE_FAILED if rebuilt.run.damaged else Exit.OK
    return Exit.OK


def show_run(report: "Report") -> None:
    """Print a run's key findings, its table, its failures and where its pages are."""
    from bench.commands import terminal
    from bench.report.sections import devices, failures, headline, steady, sweep

    run = report.run
    for sentence in (*headline.sentences(run), *sweep.sentences(run), *devices.sentences(run)):
        say(sentence.replace("**", ""))
    for caveat in headline.caveats(run):
        say(caveat.replace("**", "").replace("`", ""))
    terminal.show(steady.table(run))
    for line in failures.lines(run):
        aside(line)
    say(f"page: {report.page}\nreport: {report.path}")
