"""Which run-to-run spread a comparison of two cases has: measured before, assumed, or none."""

from collections.abc import Sequence
from dataclasses import replace

from bench import modes
from bench.analysis.stats.over_time import ASSUMED, NO_SPREAD, SAME_GRAPH
from bench.records.case import Case
from bench.records.spread import ComparisonSpread, Spread


def spread_between(known: Sequence[ComparisonSpread], a: Case, b: Case) -> Spread:
    """The spread of the speedup of one case over another, given what the plan knows of its comparisons.

    None for the A/A control and for a mode against its own slowed copy: what differs from run to run, both have.
    """
    if _plain(a) == _plain(b):
        return NO_SPREAD
    keys = {_plain(a).key, _plain(b).key}
    own = next((each.spread for each in known if {each.baseline, each.candidate} == keys), None)
    same_graph = a.group == b.group and modes.graph_of(a.mode) == modes.graph_of(b.mode)
    return own or (SAME_GRAPH if same_graph else ASSUMED)


def _plain(case: Case) -> Case:
    return replace(case, again=False, slowdown=0.0, steps_each=1)
