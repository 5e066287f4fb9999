"""What earlier runs of the same comparisons on this machine say of their spread from run to run."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import replace

from bench.analysis.paired import block_ratios
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.run_spread import RunMean, spread_of
from bench.records.case import Case
from bench.records.environment import Environment, differ
from bench.records.run import Plan, groups
from bench.records.spread import ComparisonSpread

MACHINE = ("os", "cpu", "cores", "memory_bytes", "gpu", "tensorflow", "cpu_features")  # what makes runs comparable


def spreads_for(plan: Plan, environment: Environment, runs: Sequence[Run]) -> tuple[ComparisonSpread, ...]:
    """The spread of each of the plan's comparisons with a baseline that at least two earlier runs measured."""
    found = []
    for baseline, *others in groups(plan).values():
        for candidate in (case for case in others if not case.again):
            means = [mean for run in runs if (mean := run_mean(run, environment, baseline, candidate))]
            if (spread := spread_of(means)).runs:
                found.append(ComparisonSpread(baseline.key, candidate.key, spread))
    return tuple(found)


def run_mean(run: Run, environment: Environment, baseline: Case, candidate: Case) -> RunMean | None:
    """A run's mean log speedup of one case over another; None where it has none, or is of another machine."""
    wanted = (compared(baseline), compared(candidate))
    pairs = [(group, result) for group, result in run.rows() if result in group.candidates]
    same = [pair for pair in pairs if (compared(pair[0].baseline.case), compared(pair[1].case)) == wanted]
    return next((mean for pair in same if (mean := _mean(*pair, environment))), None)


def _mean(group: GroupResult, result: CaseResult, environment: Environment) -> RunMean | None:
    logs = [math.log(ratio) for ratio in block_ratios(group.baseline, result)]
    if len(logs) < 2 or not _same_machine(result.measurements[0].environment, environment):
        return None
    began = min((m.environment.at for m in result.measurements if m.environment.at is not None), default=None)
    if began is None:
        return None
    return RunMean(statistics.fmean(logs), statistics.variance(logs) / len(logs), began)


def compared(case: Case) -> Case:
    """The case without what does not make it another comparison: the images and the seed."""
    return replace(case, workload=replace(case.workload, data="", seed=0))


def _same_machine(a: Environment, b: Environment) -> bool:
    return not any(differ(name, (getattr(a, name), getattr(b, name))) for name in MACHINE)
