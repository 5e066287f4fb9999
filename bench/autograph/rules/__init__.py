"""The table of AutoGraph's rules.

To add a rule: a row with its check in `rules/ag<family>_<subject>.py`, and its example in `examples/<code>.py`.
"""

from bench.autograph.rules import (
    ag1_python,
    ag2_variables,
    ag3_arrays,
    ag3_closures,
    ag3_state,
    ag4_objects,
    ag4_retracing,
    ag5_branches,
    ag5_keys,
    ag5_syntax,
    ag6_conversion,
    ag7_captured,
    ag7_frozen,
    ag7_set_later,
    ag8_xla,
)
from bench.autograph.rules.rule import Rule

_FAMILIES = (
    ag1_python,
    ag2_variables,
    ag3_state,
    ag3_arrays,
    ag3_closures,
    ag4_objects,
    ag4_retracing,
    ag5_branches,
    ag5_keys,
    ag5_syntax,
    ag6_conversion,
    ag7_captured,
    ag7_frozen,
    ag7_set_later,
    ag8_xla,
)
RULES: tuple[Rule, ...] = tuple(sorted((row for family in _FAMILIES for row in family.ROWS), key=lambda row: row.code))


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError for an unknown one."""
    return {row.code: row for row in RULES}[code]
