"""`breakeven`: try a run's predicted break-evens out."""

from pathlib import Path

import typer

from bench.commands.console import aside, source_of
from bench.errors import BenchError, Exit


def try_break_even(folder: Path, modes: str, repeats: int, data: str) -> Exit:
    """Try a run's predicted break-evens out, and put what came of it into its report."""
    from bench.commands import terminal
    from bench.records.lock import Lock
    from bench.records.store import Store
    from bench.report.run import build
    from bench.report.sections import breakeven as trials
    from bench.runner import breakeven as trial
    from bench.runner import plan

    store = Store.open(folder)
    source = source_of(store, data)
    if repeats < 1:
        raise BenchError(f"{repeats} repeats try nothing; type e.g. --repeats 6")
    wanted = trial.plan(store, plan.choose_modes(modes), repeats)
    aside(f"data: {source.title}\nrun folder: {folder}")
    try:
        with Lock(folder), terminal.progress("trial") as progress:
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
