"""AutoGraph's rules: an explicit table, checked in source, shown on the installed TensorFlow.

To add a rule: a row with its check in `rules/<family>.py`, and its example in `examples/<code>.py`.
"""

from bench.autograph.rule import Rule
from bench.autograph.rules import python, state, variables

RULES: tuple[Rule, ...] = tuple(sorted((*python.ROWS, *variables.ROWS, *state.ROWS), key=lambda rule: rule.code))


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError for an unknown one."""
    return {one.code: one for one in RULES}[code]
