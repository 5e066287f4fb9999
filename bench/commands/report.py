"""`report`: rebuild the report of whatever a folder holds, and print its results."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bench.commands.accuracy import show_accuracy
from bench.commands.console import JSON, QUIET, aside, slowly, speaking, write_json
from bench.commands.run_on import show_machines
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
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
) -> Exit:
    """Rebuild a report from the raw files."""
    with speaking(json, quiet) as stream, slowly(f"reading {folder}"):
        return _report(folder, slices, png, pack, stream if json else None)


def _report(folder: Path, slices: bool, png: bool, pack: bool, json: TextIO | None) -> Exit:
    from bench.records import packing
    from bench.records.store import Store
    from bench.report.run import build

    if pack:
        packing.pack(folder)
    if (folder / "training.json").exists():
        show_training(folder, png, json)
    elif (folder / "accuracy.json").exists():
        show_accuracy(folder, png, json)
    elif (folder / "fleet.json").exists():
        show_machines(folder, png)
    elif (folder / "selftest.json").exists():
        show_selftest(folder, png, json)
    else:
        rebuilt = build(Store.open(folder), slices, png)
        show_run(rebuilt, json)
        return Exit.CASE_FAILED if rebuilt.run.damaged else Exit.OK
    return Exit.OK


def show_run(report: "Report", json: TextIO | None = None) -> None:
    """Print a run's tables, its verdicts, what qualifies them, its failures and where its page is.

    `json`: a stream that takes the same as one JSON object instead.
    """
    if json:
        _show_json(report, json)
    else:
        _show_lines(report)


def _show_json(report: "Report", stream: TextIO) -> None:
    """As summary.json has it, with the folder's path: that file lies in it."""
    from bench.records.store import Store
    from bench.report import summary

    raw = Store.open(report.path.parent).raw_files
    write_json(summary.document(report.run, report.trainings, raw), report.path.parent, stream)


def _show_lines(report: "Report") -> None:
    from bench.commands import run_result, terminal
    from bench.report.sections import conditions, devices, failures, headline, learning, over_models, sweep

    run = report.run
    for group in run.groups:
        terminal.tell(run_result.title(run, group), "bold")
        say("")
        terminal.show_grid(run_result.table(group, report.trainings))
        say("")
        for line in run_result.verdict_lines(run, group):
            terminal.tell(line, "bold" if line.startswith(run_result.DECISIONS) else "")
    learned = learning.sentences(report.trainings) if report.trainings else []
    for sentence in (
        *learned,
        *over_models.sentences(run),
        *sweep.sentences(run),
        *devices.sentences(run),
        *headline.caveats(run),
    ):
        terminal.tell(sentence)
    for text in run_result.warnings(run, conditions.of_machine(run)):
        terminal.tell(f"warning: {text}")
    for line in failures.lines(run):
        aside(line)
    say(f"report: {report.page}")
