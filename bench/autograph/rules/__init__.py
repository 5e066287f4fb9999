"""AutoGraph's rules: an explicit table, checked in source, shown on the installed TensorFlow.

To add a rule: a row with its check in `rules/<family>.py`, and its example in `examples/<code>.py`.
"""

from bench.autograph.rules import ag1_python as python
from bench.autograph.rules import ag2_variables as variables
from bench.autograph.rules import ag3_arrays as arrays
from bench.autograph.rules import ag3_state as state
from bench.autograph.rules import ag4_retracing as retracing
from bench.autograph.rules import ag5_branches as branches
from bench.autograph.rules import ag5_syntax as syntax
from bench.autograph.rules import ag6_conversion as conversion
from bench.autograph.rules import ag7_captured as captured
from bench.autograph.rules import ag7_frozen as frozen
from bench.autograph.rules import ag8_xla as xla
from bench.autograph.rules.rule import Rule

_FAMILIES = (python, variables, state, arrays, retracing, branches, syntax, conversion, captured, frozen, xla)
RULES: tuple[Rule, ...] = tuple(sorted((row for family in _FAMILIES for row in family.ROWS), key=lambda row: row.code))


def rule(code: str) -> Rule:
    """The rule of a code. Raises KeyError for an unknown one."""
    return {one.code: one for one in RULES}[code]
