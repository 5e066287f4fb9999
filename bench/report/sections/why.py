"""Why a mode is faster or slower than the baseline: one sentence a comparison, from what was counted.

A step's wall time is CPU work over cores busy, so the two ratios are what a speed-up is made of (spending.py).
"""

import math

from bench.analysis import costs as spending
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import Verdict
from bench.report.form.document import Section
from bench.report.form.wording import calls as calls_of
from bench.report.form.wording import interval, number

SAME = 1.05  # a ratio of work or cores closer to 1 than this is called the same


def section(run: Run) -> Section:
    """One bullet a comparison with a clear verdict; no parts where there is none, or nothing was counted."""
    several = len(run.groups) > 1
    lines = [
        f"- {f'{group.title}: ' if several else ''}{sentence}"
        for group in run.groups
        for result in group.candidates
        if (sentence := _sentence(group, result))
    ]
    return Section(f"Why{run.label}", ("\n".join(lines),) if lines else ())


def _sentence(group: GroupResult, result: CaseResult) -> str:
    found = spending.split(group.baseline, result)
    if not found or not result.comparison or result.comparison.verdict not in (Verdict.FASTER, Verdict.SLOWER):
        return ""
    speed = interval(result.comparison.ratio, sign="x")
    causes = [_work(group.baseline, result, found), _cores(group.baseline, result, found)]
    if abs(math.log(found.cores)) > abs(math.log(found.work)):
        causes.reverse()
    details = [*_dispatch(group.baseline, result), *_structure(result)]
    sentence = f"**{result.title}, {speed} as fast as {group.baseline.title}:** {causes[0]}, and {causes[1]}"
    return "; ".join([sentence, *details]) + "."


def _work(baseline: CaseResult, result: CaseResult, found: spending.Split) -> str:
    times = "as much" if 1 / SAME < found.work < SAME else f"{number(found.work)} times as much"
    return f"it needs {_ms(result, 'cpu')} ms of CPU time a step, {baseline.title} {_ms(baseline, 'cpu')} ({times})"


def _cores(baseline: CaseResult, result: CaseResult, found: spending.Split) -> str:
    own, other = (case.summary("cores") for case in (result, baseline))
    assert own and other
    if 1 / SAME < found.cores < SAME:
        return f"it keeps as many cores busy ({own.centre:.2f})"
    kind = "more" if found.cores > 1 else "fewer"
    return f"it keeps {kind} cores busy ({own.centre:.2f} against {other.centre:.2f})"


def _ms(result: CaseResult, metric: str) -> str:
    summary = result.summary(metric)
    assert summary
    return number(1e3 * summary.centre)


def _dispatch(baseline: CaseResult, result: CaseResult) -> list[str]:
    """What Python and dispatch have to do with it."""
    before, after = spending.outside_s(baseline), spending.outside_s(result)
    calls = spending.calls(baseline), spending.calls(result)
    if before is None or after is None or None in calls:
        return []
    ours, theirs = (calls_of(count) for count in reversed(calls) if count is not None)
    return [
        f"Python and dispatch take {number(1e3 * after)} of its {_ms(result, 'step')} ms "
        f"({ours} a step), {number(1e3 * before)} of {baseline.title}'s {_ms(baseline, 'step')} ({theirs})"
    ]


def _structure(result: CaseResult) -> list[str]:
    found, proven = spending.structure(result), result.measurements[-1].proof.execution
    if found.fusions is not None:
        return [f"XLA made {found.fusions} fusions of its {proven.hlo_instructions} instructions"]
    if found.ops_optimised is not None and found.ops_optimised < proven.graph_ops:
        return [f"Grappler left {found.ops_optimised} of {proven.graph_ops} operations"]
    return []
