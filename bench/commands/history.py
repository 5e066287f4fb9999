"""`history`: one row for each case of each run in a folder, oldest run first."""

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.console import aside, slowly
from bench.commands.streams import say
from bench.errors import BenchError, Exit


def history(
    folder: Annotated[Path, typer.Argument(help="The folder that runs lie in.")] = Path("results"),
) -> Exit:
    """Show every case of every run in a folder, oldest first."""
    from bench.commands import terminal
    from bench.report.history import build, read_runs, table

    folders = sorted(path.parent for depth in ("*", "*/*") for path in folder.glob(f"{depth}/plan.json"))
    if not folders:
        raise BenchError(f"{folder} holds no run; give the folder that runs lie in, e.g. cifar-bench history results")
    with slowly(f"reading {len(folders)} runs"):
        runs, broken = read_runs(folders)
    if not runs:
        raise BenchError(f"{folder} holds no run that can be read: {broken[0]}")
    terminal.show(table(runs))
    say(f"page: {build(folder, runs)}")
    for text in broken:
        aside(f"warning: not shown: {text}")
    for name, run in runs:
        for line in run.left_out:
            aside(f"warning: {name}: left out: {line.text}")
    return Exit.CASE_FAILED if broken or any(run.damaged for _, run in runs) else Exit.OK
