"""`selftest`: measure the benchmark itself: its timer, its overhead, its false positives, what it can detect.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from dataclasses import asdict
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
    results,
    say_where,
    slowly,
    speaking,
    warn_of_caches,
    write_json,
)
from bench.commands.streams import write
from bench.errors import Exit
from bench.machine.signals import exit_code

SIMULATED_RUNS = 4000  # for each share: its standard error is a third of a per cent
GOALS = (0.03, 0.02, 0.015, 0.01, 0.007)  # simulated runs stop when their interval is within +- this share


def selftest(
    preset: Annotated[str, typer.Option(help="quick: under a minute; thorough: 20 runs.")] = "quick",
    mode: Annotated[str, typer.Option(help="The mode that is compared with itself: see `list`.")] = "function",
    runs: Annotated[int | None, typer.Option(help="Runs of A/A and recovery; the preset's own number if left.")] = None,
    neighbour: Annotated[bool, typer.Option("--neighbour", help="Beside a process that keeps one core busy.")] = False,
    simulate: Annotated[bool, typer.Option("--simulate", help="The statistics alone, on simulated machines.")] = False,
    data: Annotated[str, typer.Option(help="auto, synthetic, or the folder of CIFAR-10's batch files.")] = "auto",
    out: Annotated[
        Path | None, typer.Option(help="A new folder.", show_default="results/<time>-selftest-<preset>")
    ] = None,
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
    wait: Annotated[bool, WAIT] = True,
) -> Exit:
    """Test the benchmark itself: its timer, its overhead, its false positives, what it can detect here."""
    with speaking(json, quiet) as out_stream:
        stream = out_stream if json else None
        if simulate:
            return _simulate(stream)
        return _measure(mode, preset, runs, neighbour, data, out, wait, stream)


def _measure(
    mode: str,
    preset: str,
    runs: int | None,
    neighbour: bool,
    data: str,
    out: Path | None,
    wait: bool,
    json: TextIO | None,
) -> Exit:
    from bench.commands import terminal
    from bench.runner import selftest
    from bench.runner.plan import choose_mode
    from cifar_core import cifar10

    chosen_preset, mode = selftest.preset(preset, runs), choose_mode(spelling.modes(mode, "--mode"))
    with slowly(f"reading the data ({data})"):
        source = cifar10.find(data)
    turn = host_lock(wait)
    turn.ask()
    folder = out or results(f"selftest-{preset}")
    aside(f"data: {source.title}\nfolder: {folder}")
    warn_of_caches()
    try:
        with terminal.progress("repetition") as progress:
            selftest.execute(folder, mode, chosen_preset, neighbour, data, source, progress, turn=turn)
    except KeyboardInterrupt as error:
        aside(f"interrupted; what was measured is kept; to see it, type: cifar-bench report {folder}")
        return exit_code(error)
    return show_selftest(folder, json=json)


def _simulate(json: TextIO | None) -> Exit:
    """What the statistics do on simulated machines, compared with the usual way."""
    from bench.analysis.stats import characteristics
    from bench.analysis.stats.simulation import MACHINES
    from bench.commands import terminal
    from bench.report.characteristics import stopping, table
    from bench.report.summary import SCHEMA, in_words

    aside(f"{SIMULATED_RUNS} simulated standard runs for each share; about two minutes")
    machines = [characteristics.characterise(machine, SIMULATED_RUNS) for machine in MACHINES]
    terminal.show(table(machines))
    aside("runs on the last machine that end when their interval is narrow enough")
    goals = [characteristics.stopped(MACHINES[-1], goal, SIMULATED_RUNS) for goal in GOALS]
    terminal.show(stopping(goals))
    if json:
        simulated = {"machines": [asdict(each) for each in machines], "stopping": [asdict(each) for each in goals]}
        write(in_words({"schema": SCHEMA, "command": "selftest", "exit_code": 0, **simulated}), json)
    return Exit.OK


def show_selftest(folder: Path, png: bool = False, json: TextIO | None = None) -> Exit:
    """Rebuild a self-test's report, with PNGs if asked for, and print its results; to `json` as JSON.

    REGRESSION where it did not pass.
    """
    from bench.commands import terminal
    from bench.report import selftest, selftest_summary

    path, tested = selftest.build(folder, png)
    if json:
        write_json(selftest_summary.document(tested), folder, json)
        return selftest_summary.exit_code(tested)
    terminal.tell(selftest.sentence(tested))
    for table in selftest.tables(tested):
        terminal.show(table)
    say_where(path)
    return selftest_summary.exit_code(tested)
