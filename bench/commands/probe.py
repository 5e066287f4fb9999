"""What `probe` does between its options (bench/__main__.py) and its exit code."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.commands.console import aside
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.autograph.probe.records import Limits, ModeRun

FORMATS = ("full", "json")


def run(file: Path, driver: str, tolerance: float, limits: "Limits", output_format: str) -> Exit:
    """Run the driver in each mode and print what was seen; 1 where a mode does not do what eager does."""
    from bench.autograph.probe import probe
    from bench.autograph.probe import text as probe_text
    from bench.autograph.probe.compare import observations
    from bench.autograph.probe.predictions import joined, predicted
    from bench.autograph.probe.records import ProbeRequest

    if output_format not in FORMATS:
        raise BenchError(f"unknown output format '{output_format}'; known: {', '.join(FORMATS)}; type e.g. full")
    if tolerance < 0 or limits.nodes < 1 or limits.seconds <= 0 or limits.memory_gb < 0:
        raise BenchError(
            "--node-limit and --time-limit must be more than 0, --tolerance and --memory-limit 0 or more; "
            "leave them out for the defaults"
        )
    if not file.is_file() or file.suffix != ".py":
        raise BenchError(f"there is no Python file {file}; type the path of one, and --driver with a function of it")
    seen = probe.probe(ProbeRequest(str(file), driver, limits=limits), lambda mode: aside(f"{mode} ..."))
    found = joined(predicted(file), observations(seen, tolerance))
    show = probe_text.as_json if output_format == "json" else probe_text.text
    typer.echo(show(str(file), driver, seen, found))
    return outcome(driver, seen, any(probe_text.diverging(one.mode, found) for one in seen[1:]))


def outcome(driver: str, seen: "Sequence[ModeRun]", diverges: bool) -> Exit:
    """The exit code. Raises BenchError for a driver that fails in every mode, or that eager does not end."""
    eager = seen[0]
    if eager.limit:
        raise BenchError(f"{eager.mode}, which all else is compared with: {eager.limit}; let {driver}() do less")
    if eager.raised and all(one.raised and one.raised.kind == eager.raised.kind for one in seen):
        raise BenchError(f"{driver}() fails in every mode: {eager.raised.kind}: {eager.raised.message}")
    return Exit.REGRESSION if diverges else Exit.OK
