"""What `explain` does between its options (bench/__main__.py) and its exit code."""

from pathlib import Path

import typer

from bench.autograph.explain.explain import TITLES, explain, request
from bench.commands.console import aside, results
from bench.errors import BenchError, Exit


def show(target: str, arguments: str, driver: str, lines: int, time_limit_s: float, out: Path | None) -> Exit:
    """Print a function's stages, and write them as a page."""
    if lines < 0 or time_limit_s <= 0:
        raise BenchError("--lines must be 0 or more and --time-limit more than 0; type e.g. --lines 40")
    found = explain(request(target, arguments, driver), time_limit_s, lambda stage: aside(f"{TITLES[stage]} ..."))
    # Only now: what says numbers loads what draws plots.
    from bench.autograph.explain.page import write
    from bench.autograph.explain.text import text

    typer.echo(text(found, lines))
    name = target.rpartition("/")[2].replace("::", ".").replace(":", ".")
    file = out or Path(f"{results(f'explain-{name}')}.html")
    write(found, file)
    typer.echo(f"\npage: {file}")
    return Exit.OK
