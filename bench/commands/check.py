"""`check`: find code that AutoGraph or XLA would run differently from Python, without running it.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.streams import say
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.autograph.check.settings import Settings
    from bench.autograph.findings import CheckResult, Finding

STDIN = Path("-")


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Python files, or folders of them (default: this one); - for stdin.")
    ] = None,
    select: Annotated[str | None, typer.Option(help="Codes to look for, with commas: AG1,AG305.")] = None,
    ignore: Annotated[str | None, typer.Option(help="Codes to leave out, with commas.")] = None,
    fail_on: Annotated[
        str | None, typer.Option(help="Exit 1 from this severity on: error, warning (the default), info.")
    ] = None,
    output_format: Annotated[str | None, typer.Option(help="full, concise, json, github, sarif.")] = None,
    stdin_filename: Annotated[
        Path | None, typer.Option(help="Check standard input as the content of this file, for editors.")
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 whatever is found.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Neither use nor keep a result.")] = False,
) -> Exit:
    """Find code that behaves differently under tf.function, AutoGraph or XLA than in plain Python; runs nothing."""
    from bench.autograph.check.formats import FORMATS

    typed = paths or [STDIN if stdin_filename else Path()]
    text_of = _text_of(typed, stdin_filename)
    settings = _settings([text_of] if text_of else typed, select, ignore, fail_on, output_format)
    with _uncollected():
        checked = _checked_text(text_of, settings) if text_of else _checked(typed, settings, no_cache)
        say(FORMATS[settings.output_format](checked))
        return Exit.OK if exit_zero else _exit(checked.findings, settings.fail_on)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's collector of cyclic garbage, also at the end of the process, which this is close to.

    It would search the syntax trees over and over, and all of them are needed to the end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()


def _text_of(typed: list[Path], stdin_filename: Path | None) -> Path | None:
    """The file whose content comes from standard input; None where files are read. Raises BenchError."""
    from bench.autograph.source.files import SUFFIXES

    if STDIN not in typed and stdin_filename is None:
        return None
    if typed != [STDIN]:
        raise BenchError("standard input is one file by itself; type - alone, or --stdin-filename and no path")
    if stdin_filename and (stdin_filename.suffix not in SUFFIXES or stdin_filename.is_dir()):
        accepted = " or ".join(SUFFIXES)
        raise BenchError(f"{stdin_filename} is not a Python file; known: names that end in {accepted}")
    return stdin_filename or STDIN


def _checked_text(path: Path, settings: "Settings") -> "CheckResult":
    from bench.autograph.check.check import check_text
    from bench.autograph.rules import RULES

    return check_text(path, typer.get_binary_stream("stdin").read(), settings, RULES)


def _checked(paths: list[Path], settings: "Settings", no_cache: bool) -> "CheckResult":
    from bench.autograph.check.cache import cache_folder, check_or_recall
    from bench.autograph.check.check import check as check_paths
    from bench.autograph.rules import RULES

    return check_paths(paths, settings, RULES) if no_cache else check_or_recall(paths, settings, cache_folder())


def _settings(
    paths: list[Path], select: str | None, ignore: str | None, fail_on: str | None, output_format: str | None
) -> "Settings":
    """Those of the nearest pyproject.toml, with what was typed instead. Raises BenchError."""
    from bench.autograph.check.settings import OWN_CODES, codes_of, load, with_words
    from bench.autograph.rules import RULES

    known = (*OWN_CODES, *(rule.code for rule in RULES))
    settings = with_words(load(paths, known), fail_on, output_format)
    if select is not None:
        settings = replace(settings, select=codes_of(select, known))
    if ignore is not None:
        settings = replace(settings, ignore=codes_of(ignore, known))
    if not settings.select:
        raise BenchError("--select names no code; type e.g. --select AG1,AG305")
    if not any(settings.looks_for(code) for code in (*OWN_CODES, *(rule.code for rule in RULES if rule.check))):
        raise BenchError("of the selected codes none is left to look for; type a smaller --ignore, e.g. --ignore AG305")
    return settings


def _exit(findings: "Sequence[Finding]", fail_on: str) -> Exit:
    """REGRESSION where a finding is as severe as `fail_on` or more."""
    from bench.autograph.rules.rule import SEVERITIES

    failing = SEVERITIES[SEVERITIES.index(fail_on) :]
    return Exit.REGRESSION if any(finding.severity in failing for finding in findings) else Exit.OK
