"""A mode's speedup as reports speak of it: in this run, and over time on this machine."""

from bench.analysis.results import CaseResult
from bench.analysis.stats.ratios import Summary


def this_run(result: CaseResult) -> Summary | None:
    """The speedup over the baseline with the interval that more repetitions narrow; None where there is none."""
    return (result.comparison and result.comparison.ratio) or None


def over_time(result: CaseResult) -> Summary | None:
    """The same with the interval that other runs on this machine are expected in: headlines and verdicts use it."""
    return (result.comparison and result.comparison.over_time) or None
