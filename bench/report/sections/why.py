"""The section on causes: why each mode is faster or slower than the baseline, from CPU time, cores and graphs."""

import math

from bench.analysis import costs
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.report.form.document import Section
from bench.report.form.wording import calls_a_step, number, speedup_interval

SAME = 1.05  # a ratio of work or cores closer to 1 than this is called the same


def section(run: Run) -> Section:
    """One bullet for each comparison that is FASTER or SLOWER; no parts without one, or without recorded costs."""
    several = len(run.groups) > 1
    lines = [
        f"- {f'{group.title}: ' if several else ''}{sentence}"
        for group in run.groups
        for result in group.candidates
        if (sentence := _sentence(group, result))
    ]
    summary = "Each speedup broken down into CPU time, cores and Python/dispatch overhead"
    return Section(f"Where the time goes{run.label}", ("\n".join(lines),) if lines else (), summary)


def _sentence(group: GroupResult, result: CaseResult) -> str:
    """The larger cause first, then details; empty without a clear verdict or CPU time."""
    split = costs.split(group.baseline, result)
    if not split or not result.comparison or not (result.comparison.verdict.faster or result.comparison.verdict.slower):
        return ""
    speed = speedup_interval(result.comparison.over_time)
    causes = [_work(group.baseline, result, split.work), _cores(group.baseline, result, split.cores)]
    if abs(math.log(split.cores)) > abs(math.log(split.work)):
        causes.reverse()
    details = [*_dispatch(group.baseline, result), *_structure(result)]
    likely = "likely " * result.comparison.rough
    sentence = f"**{result.title}, {likely}{speed} vs {group.baseline.title}:** {causes[0]}, and {causes[1]}"
    return "; ".join([sentence, *details]) + "."


def _work(baseline: CaseResult, result: CaseResult, ratio: float) -> str:
    times = "as much" if 1 / SAME < ratio < SAME else f"{number(ratio)} times as much"
    return f"it needs {_ms(result, 'cpu')} ms of CPU time a step, {baseline.title} {_ms(baseline, 'cpu')} ({times})"


def _cores(baseline: CaseResult, result: CaseResult, ratio: float) -> str:
    cores, baseline_cores = (case.summary("cores") for case in (result, baseline))
    assert cores and baseline_cores
    if 1 / SAME < ratio < SAME:
        return f"it keeps as many cores busy ({cores.centre:.2f})"
    kind = "more" if ratio > 1 else "fewer"
    return f"it keeps {kind} cores busy ({cores.centre:.2f} against {baseline_cores.centre:.2f})"


def _ms(result: CaseResult, metric: str) -> str:
    summary = result.summary(metric)
    assert summary
    return number(1e3 * summary.centre)


def _dispatch(baseline: CaseResult, result: CaseResult) -> list[str]:
    """Python/dispatch overhead of both, and how often Python called TensorFlow."""
    overhead_s, baseline_s = costs.outside_s(result), costs.outside_s(baseline)
    calls, baseline_calls = costs.calls(result), costs.calls(baseline)
    if overhead_s is None or baseline_s is None or calls is None or baseline_calls is None:
        return []
    return [
        f"Python/dispatch overhead is {number(1e3 * overhead_s)} of its {_ms(result, 'step')} ms "
        f"({calls_a_step(calls)} a step), {number(1e3 * baseline_s)} of {baseline.title}'s "
        f"{_ms(baseline, 'step')} ({calls_a_step(baseline_calls)})"
    ]


def _structure(result: CaseResult) -> list[str]:
    structure, execution = costs.structure(result), result.measurements[-1].proof.execution
    if structure.fusions is not None:
        return [f"XLA made {structure.fusions} fusions of its {execution.hlo_instructions} instructions"]
    if structure.ops_optimised is not None and structure.ops_optimised < execution.graph_ops:
        return [f"Grappler left {structure.ops_optimised} of {execution.graph_ops} operations"]
    return []
