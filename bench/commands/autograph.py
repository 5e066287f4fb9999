"""The options of the commands on compiled code: check, explain, probe, rules. What they do is in their own files.

Loads nothing else, so that --help answers at once.
"""

from pathlib import Path
from typing import Annotated

import typer


def add(app: typer.Typer) -> None:
    """Give the command line these commands."""
    for one in (check, probe, explain, rules):
        app.command()(one)


def check(
    paths: Annotated[list[Path], typer.Argument(help="Python files, or folders of them.")],
    select: Annotated[str | None, typer.Option(help="Codes to look for, with commas: AG1,AG305.")] = None,
    ignore: Annotated[str | None, typer.Option(help="Codes to leave out, with commas.")] = None,
    fail_on: Annotated[
        str | None, typer.Option(help="Exit 1 from this on: error, warning (the default), info.")
    ] = None,
    output_format: Annotated[str | None, typer.Option(help="full, concise, json, github, sarif.")] = None,
) -> None:
    """Find code that AutoGraph or XLA would run otherwise than Python does; nothing is run."""
    from bench.commands import check as command

    raise typer.Exit(command.check(paths, select, ignore, fail_on, output_format))


def explain(
    function: Annotated[str, typer.Argument(help="module:function, file.py::function, or ours: step, loop.")],
    args: Annotated[str, typer.Option(help="What it is called with: 'tf.constant(1.0), 3'.")] = "",
    driver: Annotated[str, typer.Option(help="Instead of --args, a function beside it that calls it once.")] = "",
    lines: Annotated[int, typer.Option(help="Lines of each listing in the terminal; 0 is all.")] = 40,
    time_limit: Annotated[float, typer.Option(help="Seconds that a stage may take.")] = 300.0,
    out: Annotated[Path | None, typer.Option(help="The page; default results/<time>-explain-<name>.html.")] = None,
) -> None:
    """Show what becomes of a function: source, AutoGraph's code, trace, graph, XLA's program, time. Runs it."""
    from bench.commands import explain as explain_command

    raise typer.Exit(explain_command.show(function, args, driver, lines, time_limit, out))


def probe(
    file: Annotated[Path, typer.Argument(help="A Python file with tf.functions and a driver.")],
    driver: Annotated[
        str, typer.Option(help="A function of it without arguments that calls what is probed.")
    ] = "drive",
    tolerance: Annotated[float, typer.Option(help="Relative difference that rounding may make.")] = 1e-3,
    node_limit: Annotated[int, typer.Option(help="End a trace whose graph grows beyond this.")] = 50_000,
    time_limit: Annotated[float, typer.Option(help="Seconds that the driver may take in a mode.")] = 120.0,
    memory_limit: Annotated[float, typer.Option(help="GB that a mode may take; 0 is half of what is free.")] = 0.0,
    output_format: Annotated[str, typer.Option(help="full or json.")] = "full",
) -> None:
    """Run a driver eagerly, as graphs and under XLA: does it do the same, and what is traced again? Runs your code."""
    from bench.autograph.probe.records import Limits
    from bench.commands import probe as probe_command

    limits = Limits(node_limit, time_limit, memory_limit)
    raise typer.Exit(probe_command.run(file, driver, tolerance, limits, output_format))


def rules(
    code: Annotated[str, typer.Argument(help="A rule's code, to see it in full: AG301.")] = "",
    match: Annotated[str, typer.Option(help="An error message of TensorFlow, whose rules are looked for.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="Run the tutorial's three rules, kept and broken.")] = False,
) -> None:
    """Show the rules for code under tf.function: why, examples, what TensorFlow says, the fix."""
    from bench.commands import check as command

    raise typer.Exit(command.rules(code, match, demo))
