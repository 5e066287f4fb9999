"""What `selftest` does between its options and its exit code. Leaves out the options (__main__.py).

Each function imports what it needs when it is called, so that --help answers at once.
"""

from pathlib import Path

import typer

from bench.commands.console import aside, results
from bench.errors import Exit


def selftest(mode: str, preset: str, runs: int | None, neighbour: bool, data: str, out: Path | None) -> Exit:
    """Measure the instrument and say whether it is in order."""
    from bench.commands import terminal
    from bench.runner import selftest
    from cifar_core import cifar10

    how = selftest.preset(preset, runs)
    source = cifar10.find(data)
    folder = out or results(f"selftest-{preset}")
    aside(f"data: {source.title}\nfolder: {folder}")
    try:
        with terminal.progress("block") as progress:
            selftest.execute(folder, mode, how, neighbour, data, source, progress)
    except KeyboardInterrupt:
        aside(f"interrupted; what was measured is kept and told: cifar-bench report {folder}")
        return Exit.INTERRUPTED
    return show(folder)


SIMULATED_RUNS = 4000  # for each share: its standard error is a third of a per cent
GOALS = (0.03, 0.02, 0.015, 0.01, 0.007)


def simulate() -> Exit:
    """What the statistics do on simulated machines, beside the naive way."""
    from bench.analysis.stats import characteristics
    from bench.analysis.stats.simulation import MACHINES
    from bench.commands import terminal
    from bench.report import characteristics as report

    aside(f"{SIMULATED_RUNS} simulated standard runs for each share; about two minutes")
    terminal.show(report.table([characteristics.characterise(machine, SIMULATED_RUNS) for machine in MACHINES]))
    aside("runs on the last machine that end when their interval is narrow enough")
    terminal.show(report.stopping([characteristics.stopped(MACHINES[-1], goal, SIMULATED_RUNS) for goal in GOALS]))
    return Exit.OK


def show(folder: Path) -> Exit:
    """Build the report of a selftest and print what it comes to."""
    from bench.commands import terminal
    from bench.report import selftest

    path, found = selftest.build(folder)
    typer.echo(selftest.sentence(found).replace("**", ""))
    for table in selftest.tables(found):
        terminal.show(table)
    typer.echo(f"report: {path}")
    if found.problems:
        return Exit.REGRESSION
    return Exit.CASE_FAILED if found.broken else Exit.OK
