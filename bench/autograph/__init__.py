"""AutoGraph's rules: an explicit table, checked in source, shown on the installed TensorFlow.

To add a rule: a row with its check in `rules/<family>.py`, and its example in `examples/<code>.py`.
"""

from bench.autograph.rule import Rule
from bench.autograph.rules import (
    arrays,
    branches,
    captured,
    conversion,
    frozen,
    python,
    retracing,
    state,
    syntax,
    variables,
    xla,
)

_FAMILIES = (python, variables, state, arrays, retracing, branches, syntax, conversion, captured, frozen, xla)
RULES: tuple[Rule, ...] = tuple(sorted((row for family in _FAMILIES for row in family.ROWS), key=lambda row: row.code))


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError for an unknown one."""
    return {one.code: one for one in RULES}[code]
