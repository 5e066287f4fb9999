"""`breakeven`: check a run's predicted break-evens by measuring total times.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import Annotated, TextIO

import typer

from bench.commands import spelling
from bench.commands.console import (
    JSON,
    QUIET,
    WAIT,
    aside,
    host_lock,
    say_where,
    source_of,
    speaking,
    warn_of_caches,
    write_json,
)
from bench.errors import BenchError, Exit
from bench.machine.signals import exit_code


def breakeven(
    folder: Annotated[Path, typer.Argument(help="The folder of a run that predicts break-evens.")],
    modes: Annotated[str, typer.Option(help="Modes or groups of modes, with commas.")] = "function,xla",
    repeats: Annotated[int, typer.Option(help="Pairs of fresh processes for each number of steps.")] = 6,
    data: Annotated[str, typer.Option(help="auto: what the run was measured on; or where that is now.")] = "auto",
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """Check a run's break-evens: total times at half and at twice the predicted steps."""
    if repeats < 1:
        raise BenchError(f"{repeats} repeats try nothing; type e.g. --repeats 6")
    with speaking(json, quiet) as out_stream:
        return _breakeven(folder, spelling.modes(modes), repeats, data, wait, out_stream if json else None)


def _breakeven(folder: Path, modes: str, repeats: int, data: str, wait: bool, json: TextIO | None) -> Exit:
    from bench.commands import terminal
    from bench.records.lock import Lock
    from bench.records.store import Store
    from bench.report import breakeven_summary
    from bench.report.run import build
    from bench.report.sections.breakeven import table
    from bench.runner.breakeven import execute, plan
    from bench.runner.plan import choose_modes

    chosen, store = choose_modes(modes), Store.open(folder)
    source = source_of(store, data)
    trials_planned = plan(store, chosen, repeats)
    host_lock(wait).ask()
    aside(f"data: {source.title}\nrun folder: {folder}")
    warn_of_caches()
    try:
        with Lock(folder), terminal.progress("trial") as progress:
            trials = execute(store, source, trials_planned, progress, turn=host_lock(wait))
    except KeyboardInterrupt as error:
        aside(f"interrupted; what was tried is kept: type the same again to go on with {folder}")
        build(store)
        return exit_code(error)
    path = build(store).path
    if json:
        write_json(breakeven_summary.document(trials), folder, json)
        return breakeven_summary.exit_code(trials)
    terminal.show(table(trials))
    for failure in trials.failures:
        aside(f"failed: {failure.case.key}, {failure.stage}: {failure.message}")
    say_where(path)
    return breakeven_summary.exit_code(trials)
