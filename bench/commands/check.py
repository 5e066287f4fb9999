"""`check`: find code that AutoGraph or XLA would run differently from Python, without running it.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.streams import say
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.autograph.check.settings import Settings
    from bench.autograph.findings import Finding


def check(
    paths: Annotated[list[Path], typer.Argument(help="Python files, or folders of them.")],
    select: Annotated[str | None, typer.Option(help="Codes to look for, with commas: AG1,AG305.")] = None,
    ignore: Annotated[str | None, typer.Option(help="Codes to leave out, with commas.")] = None,
    fail_on: Annotated[
        str | None, typer.Option(help="Exit 1 from this on: error, warning (the default), info.")
    ] = None,
    output_format: Annotated[str | None, typer.Option(help="full, concise, json, github, sarif.")] = None,
) -> Exit:
    """Find code that AutoGraph or XLA would run otherwise than Python does; nothing is run."""
    from bench.autograph.check.check import check as checked_files
    from bench.autograph.check.formats import FORMATS
    from bench.autograph.rules import RULES

    settings = _settings(paths, select, ignore, fail_on, output_format)
    checked = checked_files(paths, settings, RULES)
    say(FORMATS[settings.output_format](checked))
    return _exit(checked.findings, settings.fail_on)


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
