"""`merge`: one run of the parts that the jobs of a CI have measured."""

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.console import JSON, QUIET, aside, results, slowly, speaking
from bench.errors import Exit


def merge(
    parts: Annotated[list[Path], typer.Argument(help="The run folders of the parts.")],
    out: Annotated[Path | None, typer.Option(help="The whole run.", show_default="results/<time>-merged")] = None,
    json: Annotated[bool, JSON] = False,
    quiet: Annotated[bool, QUIET] = False,
) -> Exit:
    """Merge parts of a run that were measured apart (the same modes, or other models or sizes) and report them."""
    from bench.commands.report import show_run
    from bench.report.run import build
    from bench.report.summary import exit_code
    from bench.runner.merging import merge as merged

    folder = out or results("merged")
    with speaking(json, quiet) as out_stream:
        with slowly(f"merging {len(parts)} parts"):
            store = merged(parts, folder)
            report = build(store.read_again())
        show_run(report, out_stream if json else None)
        aside(f"run folder: {folder}")
    return exit_code(report.run, report.trainings)
