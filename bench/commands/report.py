"""`report`: rebuild the report of whatever a folder holds, and print what it comes to."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from bench.report.run import Report


def show(folder: Path) -> None:
    """Rebuild the report of whatever the folder holds, and print what it comes to."""
    from bench.commands.selftest import show as show_selftest
    from bench.commands.train import show_accuracy, show_training
    from bench.records.store import Store
    from bench.report.run import build

    if (folder / "training.json").exists():
        show_training(folder)
    elif (folder / "accuracy.json").exists():
        show_accuracy(folder)
    elif (folder / "selftest.json").exists():
        show_selftest(folder)
    else:
        show_run(build(Store.open(folder)))


def show_run(built: "Report") -> None:
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
