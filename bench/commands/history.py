"""`history`: steps and trends over all runs of a folder, and a row for each case of its latest runs."""

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.console import aside, slowly
from bench.commands.streams import say
from bench.errors import BenchError, Exit


def history(
    folder: Annotated[Path, typer.Argument(help="The folder that runs lie in.")] = Path("results"),
    last: Annotated[int, typer.Option(min=1, help="Show so many of the latest runs; steps are of all.")] = 50,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Read every run again and rebuild the index.")] = False,
) -> Exit:
    """Show what changed over the runs in a folder: steps, trends, and every case of the latest runs."""
    from bench.commands import terminal
    from bench.records.history_index import open_index
    from bench.report.history import build, table
    from bench.report.history_read import read_history
    from bench.report.history_steps import sentences
    from bench.report.history_update import update

    if not folder.is_dir():
        raise BenchError(f"{folder} holds no run; give the folder that runs lie in, e.g. cifar-bench history results")
    with slowly(f"reading the runs in {folder}"), open_index(folder, rebuild) as index:
        update(folder, index, aside)
        shown = read_history(index, last)
    terminal.show(table(shown))
    if shown.total > len(shown.runs):
        say(f"the latest {len(shown.runs):,} of {shown.total:,} runs; type --last to see more")
    for sentence in sentences(shown):
        terminal.tell(sentence)
    for text in shown.broken:
        aside(f"warning: not shown: {text}")
    for each in shown.runs.values():
        for text in each.run.left_out:
            aside(f"warning: {each.run.name}: left out: {text}")
    say(f"report: {build(folder, shown)}")
    return Exit.CASE_FAILED if shown.broken or shown.damaged else Exit.OK
