"""`probe`: run a driver eagerly, as graphs and under XLA, and show where they differ.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.console import warn_of_caches
from bench.commands.heartbeat import Heartbeat
from bench.commands.streams import say
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.autograph.probe.records import CallPlace, FaultyOperation, Limits, ModeRun

FORMATS = ("full", "json")


def probe(
    file: Annotated[Path, typer.Argument(help="A Python file with tf.functions and a driver.")],
    driver: Annotated[
        str, typer.Option(help="Zero-argument function in the file that calls the code under test.")
    ] = "drive",
    tolerance: Annotated[float, typer.Option(help="Relative difference that rounding may make.")] = 1e-3,
    node_limit: Annotated[int, typer.Option(help="End a trace whose graph grows beyond this.")] = 50_000,
    time_limit: Annotated[str, typer.Option(help="How long the driver may take in a mode: 90s, 5m.")] = "2m",
    memory_limit: Annotated[float, typer.Option(help="GB that a mode may take; 0 is half of what is free.")] = 0.0,
    output_format: Annotated[str, typer.Option(help="full or json.")] = "full",
) -> Exit:
    """Run a driver eagerly, as graphs and under XLA: does it do the same, and what is traced again? Runs your code."""
    from bench.autograph.probe import text as probe_text
    from bench.autograph.probe.compare import observations
    from bench.autograph.probe.document import as_json
    from bench.autograph.probe.predictions import joined, predicted
    from bench.autograph.probe.probe import isolated
    from bench.autograph.probe.probe import probe as run_in_each_mode
    from bench.autograph.probe.records import Limits, ProbeRequest
    from bench.autograph.probe.xla_faults import attributed
    from bench.runner.values import seconds

    limits = Limits(node_limit, seconds(time_limit, "--time-limit"), memory_limit)
    _refuse(file, tolerance, limits, output_format)
    warn_of_caches()
    request = ProbeRequest(str(file), driver, limits=limits)
    with Heartbeat() as beat:
        modes = run_in_each_mode(request, beat.say)
    refuse_failing(driver, modes)
    checked = predicted(file)

    def search(mode: str, place: "CallPlace") -> "FaultyOperation | None":
        with Heartbeat() as beat:
            beat.say(f"{mode} again: which operation of {place.function} differs")
            return isolated(request, mode, place, tolerance)

    findings = joined(checked, attributed(observations(modes, tolerance), checked, search))
    show = as_json if output_format == "json" else probe_text.text
    say(show(str(file), driver, modes, findings))
    return Exit.REGRESSION if any(probe_text.diverging(seen.mode, findings) for seen in modes[1:]) else Exit.OK


def _refuse(file: Path, tolerance: float, limits: "Limits", output_format: str) -> None:
    """Raises BenchError for options that make no sense."""
    if output_format not in FORMATS:
        raise BenchError(f"unknown output format '{output_format}'; known: {', '.join(FORMATS)}; type e.g. full")
    if tolerance < 0 or limits.nodes < 1 or limits.memory_gb < 0:
        raise BenchError(
            "--node-limit must be more than 0, --tolerance and --memory-limit 0 or more; leave them out for defaults"
        )
    if not file.is_file() or file.suffix != ".py":
        raise BenchError(f"there is no Python file {file}; type the path of one, and --driver with a function of it")


def refuse_failing(driver: str, modes: "Sequence[ModeRun]") -> None:
    """Raises BenchError for a driver that fails in every mode, or that does not end in eager mode."""
    eager = modes[0]
    if eager.limit:
        raise BenchError(f"{eager.mode}, which all else is compared with: {eager.limit}; let {driver}() do less")
    if eager.raised and all(seen.raised and seen.raised.kind == eager.raised.kind for seen in modes):
        place = f" ({eager.raised.place})" if eager.raised.place else ""
        raise BenchError(f"{driver}() fails in every mode: {eager.raised.kind}: {eager.raised.message}{place}")
