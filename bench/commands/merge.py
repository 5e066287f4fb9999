"""`merge`: one run of the parts that the jobs of a CI have measured."""

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.console import aside, results, slowly
from bench.errors import Exit


def merge(
    parts: Annotated[list[Path], typer.Argument(help="The run folders of the parts.")],
    out: Annotated[Path | None, typer.Option(help="The whole run.", show_default="results/<time>-merged")] = None,
) -> Exit:
    """Merge parts of a run that were measured apart (the same modes, or other models or sizes) and report them."""
    from bench.commands.report import show_run
    from bench.report.run import build
    from bench.report.summary import exit_code
    from bench.runner.merging import merge as merged

    folder = out or results("merged")
    with slowly(f"merging {len(parts)} parts"):
        store = merged(parts, folder)
        report = build(store.read_again())
    show_run(report)
    aside(f"run folder: {folder}")
    return exit_code(report.run, report.trainings)
