"""`rules`: the rules for code under tf.function: the list, one rule, those of an error message, a demonstration.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from typing import Annotated

import typer

from bench.commands.console import slowly, warn_of_caches
from bench.commands.streams import say
from bench.errors import BenchError, Exit, unknown


def rules(
    code: Annotated[str, typer.Argument(help="A rule's code, to see it in full: AG301.")] = "",
    match: Annotated[str, typer.Option(help="An error message of TensorFlow, whose rules are looked for.")] = "",
    demo: Annotated[bool, typer.Option("--demo", help="Run the tutorial's three rules, kept and broken.")] = False,
) -> Exit:
    """Show the rules for code under tf.function: why, examples, what TensorFlow says, the fix."""
    if demo:
        _show_demonstration()
    elif match:
        _show_matching(match)
    elif code:
        _show_rule(code)
    else:
        _show_list()
    return Exit.OK


def _show_demonstration() -> None:
    from bench.autograph.rules.demo import demonstration

    warn_of_caches()
    with slowly("running each rule, kept and broken"):
        for text in demonstration():
            say(text)


def _show_matching(message: str) -> None:
    from bench.autograph.rules.catalogue import elsewhere, matching

    matching_rules, notes = matching(message), elsewhere(message)
    if not matching_rules and not notes:
        raise BenchError("no rule knows this message; paste the line that names the error, or see `cifar-bench rules`")
    for rule in matching_rules:
        say(f"{rule.code}  {rule.summary}\n       why: {rule.why}\n       fix: {rule.fix}")
    for why, fix in notes:
        say(f"no rule  {why}\n       fix: {fix}")


def _show_rule(code: str) -> None:
    from bench.autograph.rules import RULES, catalogue

    pages = [catalogue.page(rule) for rule in RULES if rule.code == code.upper()]
    if not pages:
        raise unknown("rule", code, [rule.code for rule in RULES], "cifar-bench rules")
    say(pages[0])


def _show_list() -> None:
    from bench.autograph.rules import catalogue

    say(catalogue.listing())
