"""`history`: steps and trends over all runs of a folder, and a row for each case of its latest runs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from bench.commands.console import JSON, QUIET, aside, slowly, speaking, write_json
from bench.commands.streams import say
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.report.history_read import History


ORDER = ("run", "mode", "speedup", "verdict", "step (ms)", "case", "started", "repetitions")


def history(
    folder: Annotated[Path, typer.Argument(help="The folder that runs lie in.")] = Path("results"),
    last: Annotated[int, typer.Option(min=1, help="Show so many of the latest runs; steps are of all.")] = 50,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read every run again and rebuild the index.")] = False,
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
) -> Exit:
    """Show what changed over the runs in a folder: steps, trends, and every case of the latest runs."""
    with speaking(json, quiet) as out_stream:
        return _history(folder, last, rebuild, out_stream if json else None)


def _history(folder: Path, last: int, rebuild: bool, json: TextIO | None) -> Exit:
    from bench.records.history_index import open_index
    from bench.report import history_summary
    from bench.report.history import build
    from bench.report.history_read import read_history
    from bench.report.history_update import update

    if not folder.is_dir():
        raise BenchError(f"{folder} holds no run; give the folder that runs lie in, e.g. cifar-bench history results")
    with slowly(f"reading the runs in {folder}"), open_index(folder, rebuild) as index:
        update(folder, index, aside)
        shown = read_history(index, last)
    page = build(folder, shown)
    if json:
        write_json(history_summary.document(shown), folder, json)
    else:
        _show(shown, page)
    return history_summary.exit_code(shown)


def _show(shown: "History", page: Path) -> None:
    from bench.commands import terminal
    from bench.report.history import table
    from bench.report.history_steps import sentences

    terminal.show(table(shown), ORDER)
    if shown.total > len(shown.runs):
        say(f"the latest {len(shown.runs):,} of {shown.total:,} runs; type --last to see more")
    for sentence in sentences(shown):
        terminal.tell(sentence)
    for text in shown.broken:
        aside(f"warning: not shown: {text}")
    for each in shown.runs.values():
        for text in each.run.left_out:
            aside(f"warning: {each.run.name}: left out: {text}")
    say(f"report: {page}")
