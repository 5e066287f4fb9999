"""What `check` and `rules` do between their options and their exit code."""

from dataclasses import replace
from pathlib import Path

import typer

from bench.errors import BenchError, Exit, unknown


def check(
    paths: list[Path], select: str | None, ignore: str | None, fail_on: str | None, output_format: str | None
) -> Exit:
    """Check the files and print what was found; 1 where something weighs as much as `fail_on`."""
    from bench.autograph.check import settings
    from bench.autograph.check.check import check as findings
    from bench.autograph.check.formats import FORMATS
    from bench.autograph.rules import RULES
    from bench.autograph.rules.rule import SEVERITIES

    known = (*settings.OWN_CODES, *(rule.code for rule in RULES))
    chosen = settings.with_words(settings.load(paths, known), fail_on, output_format)
    if select is not None:
        chosen = replace(chosen, select=settings.codes_of(select, known))
    if ignore is not None:
        chosen = replace(chosen, ignore=settings.codes_of(ignore, known))
    if not chosen.select:
        raise BenchError("--select names no code; type e.g. --select AG1,AG305")
    checked = findings(paths, chosen, RULES)
    typer.echo(FORMATS[chosen.output_format](checked))
    heavy = SEVERITIES[SEVERITIES.index(chosen.fail_on) :]
    return Exit.REGRESSION if any(finding.severity in heavy for finding in checked.findings) else Exit.OK


def rules(code: str, match: str, demo: bool) -> Exit:
    """Print the list, one rule, the rules of an error message, or the demonstration."""
    from bench.autograph.rules import RULES, catalogue

    if demo:
        from bench.autograph.rules.demo import demonstration

        for text in demonstration():
            typer.echo(text)
    elif match:
        found = catalogue.matching(match)
        if not found:
            raise BenchError(
                "no rule knows this message; paste the line that names the error, or see `cifar-bench rules`"
            )
        for one in found:
            typer.echo(f"{one.code}  {one.summary}\n       why: {one.why}\n       fix: {one.fix}")
    elif code:
        pages = [catalogue.page(one) for one in RULES if one.code == code.upper()]
        if not pages:
            raise unknown("rule", code, [one.code for one in RULES], "cifar-bench rules")
        typer.echo(pages[0])
    else:
        typer.echo(catalogue.listing())
    return Exit.OK
