"""Compare runs of the same cases: what changed from the first run to each other one, and which conditions differ.

A mode's step time and its speedup over its own run's baseline are compared: block by block where the runs' blocks were
interleaved, else with the spread from run to run added.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.analysis.comparable import CaseInGroup, NamedRun, why_not
from bench.analysis.metrics import step_s
from bench.analysis.paired import block_ratios, looks_of
from bench.analysis.quantities import QUANTITIES, cost_logs
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.spreads import spread_between
from bench.analysis.stats.between_runs import STEP_SPREAD, BeforeAfter, alternate, compare_runs
from bench.analysis.stats.ratios import Comparison, Verdict
from bench.records.case import Case
from bench.records.environment import LASTING, Environment


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One case from the first run to another, as it stands in comparison.json. Ratios above 1: faster in the other.

    `step` compares times, `gain` the speedups over each run's own baseline (None for the baseline itself). `in_turns`:
    compared block by block, since the runs' blocks were interleaved. `absent`: neither run has it, because the device
    is not there or the mode cannot run the task. `costs`: by the name of each of quantities.QUANTITIES, as it is.
    """

    run: str
    case: Case
    group: str
    title: str
    step: Comparison
    gain: Comparison | None
    in_turns: bool = False
    absent: bool = False
    costs: Mapping[str, Comparison] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """A condition that is not the same in all runs, with one text a run."""

    what: str
    values: tuple[str, ...]


def differences(runs: Sequence[NamedRun]) -> list[Difference]:
    """The conditions that differ: data, schedule and environment (that of each run's first measurement)."""
    conditions = [_conditions(named.run) for named in runs]
    names = dict.fromkeys(name for of_run in conditions for name in of_run)
    compared = [Difference(name, tuple(of_run.get(name, "–") for of_run in conditions)) for name in names]
    return [difference for difference in compared if len(set(difference.values)) > 1]


def _conditions(run: Run) -> dict[str, str]:
    slowed = dict.fromkeys(result.title for _, result in run.rows() if result.case.slowdown)
    deterministic = any(case.deterministic for case in run.plan.cases)
    environments = [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]
    return {
        "data": run.plan.data_title,
        "preset": run.plan.schedule.preset,
        "repetitions": str(run.blocks),
        "injected slowdown": ", ".join(slowed) or "none",
        "deterministic ops": "only" if deterministic else "as TensorFlow chooses",
        **(_machine(environments) if environments else {}),
    }


def _machine(environments: Sequence[Environment]) -> dict[str, str]:
    first, loads = environments[0], [e.load_after for e in environments if e.load_after is not None]
    stolen = max((e.stolen for e in environments if e.stolen is not None), default=None)
    return {
        **{name.replace("_", " "): _text(getattr(first, name)) for name in LASTING},
        "CPU time stolen in a repetition, at most": "unknown" if stolen is None else f"{stolen:.1%}",
        "load before": _text(first.load_before),
        "load after a repetition, at most": _text(max(loads, default=None)),
    }


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{name}={text}" for name, text in value) or "none"
    return "unknown" if value is None else str(value)


def changes(runs: Sequence[NamedRun]) -> list[CaseChange]:
    """Every case of any run, from the first run to each other one; Holm's correction over each kind of ratio."""
    first, *others = runs
    unjudged = [each for other in others for each in _unjudged_changes(first, other)]
    steps = _judged([each.step for each in unjudged])
    speedups = _judged([each.speedup for each in unjudged])
    costs = {of.name: _judged([each.costs[of.name] for each in unjudged]) for of in QUANTITIES}
    return [
        CaseChange(
            each.run,
            each.case,
            each.group.title,
            each.title,
            replace(step, warnings=(*step.warnings, *each.warnings)),
            None if each.baseline else speedup,
            isinstance(each.step, BeforeAfter) and each.step.interleaved,
            each.absent,
            {name: family[number] for name, family in costs.items()},
        )
        for number, (each, step, speedup) in enumerate(zip(unjudged, steps, speedups, strict=True))
    ]


Logs = BeforeAfter | str  # what is compared, or why it cannot be


@dataclass(frozen=True, slots=True)
class _UnjudgedChange:
    """A case's change before Holm's correction over all cases."""

    run: str
    case: Case
    group: GroupResult
    title: str
    baseline: bool
    step: Logs
    speedup: Logs
    costs: Mapping[str, Logs]
    warnings: tuple[str, ...]
    absent: bool


def _unjudged_changes(first: NamedRun, other: NamedRun) -> list[_UnjudgedChange]:
    before, after = (dict(_cases(named.run)) for named in (first, other))
    keys = dict.fromkeys((*before, *after))
    return [_unjudged_change((first, before.get(key)), (other, after.get(key))) for key in keys]


def _unjudged_change(
    before: tuple[NamedRun, CaseInGroup | None], after: tuple[NamedRun, CaseInGroup | None]
) -> _UnjudgedChange:
    in_both = [(named, *in_group) for named, in_group in (after, before) if in_group]
    _, group, result = in_both[0]
    step, speedup, costs = _logs(before, after)
    failed = [(named.name, len(of_run.failures)) for named, _, of_run in reversed(in_both)]
    return _UnjudgedChange(
        after[0].name,
        result.case,
        group,
        result.title,
        all(of_run is its_group.baseline for _, its_group, of_run in in_both),
        step,
        speedup,
        costs,
        tuple(_failed_in(n, name) for name, n in failed if n and not isinstance(step, str)),
        all(of_run.refused for _, _, of_run in in_both),
    )


def _failed_in(repetitions: int, run: str) -> str:
    return f"failed in {repetitions} repetition{'s' * (repetitions != 1)} of {run}"


def _logs(
    before: tuple[NamedRun, CaseInGroup | None], after: tuple[NamedRun, CaseInGroup | None]
) -> tuple[Logs, Logs, Mapping[str, Logs]]:
    """The step's time, the speedup and the costs, by block; or for each why it cannot be compared."""
    if why := why_not(before, after):
        return why, why, {of.name: why for of in QUANTITIES}
    assert before[1] and after[1]
    first, other = before[1], after[1]
    interleaved = alternate(*([m.environment.at for m in result.measurements] for _, result in (first, other)))
    looks = looks_of(first[1], first[1]), looks_of(other[1], other[1])
    before_logs, after_logs = _step_logs(first[1]), _step_logs(other[1])
    skipped = min(result.skipped_blocks for _, result in (first, other))
    steps = BeforeAfter(before_logs, after_logs, interleaved, 1.0, (STEP_SPREAD, STEP_SPREAD), looks, skipped)
    costs = {of.name: cost_logs(first, other, interleaved, of) for of in QUANTITIES}
    return steps, _speedups(first, other, interleaved), costs


def _cases(run: Run) -> list[tuple[str, CaseInGroup]]:
    """Every case by the key under which runs are compared.

    A case that was slowed on purpose, or made deterministic, is compared with the one that was not; where one run has
    both, each has a key of its own.
    """
    rows = [(group, result) for group, result in run.rows() if not result.case.again]
    count = Counter(_plain(result.case) for _, result in rows)
    keys = [_plain(result.case) if count[_plain(result.case)] == 1 else result.case.key for _, result in rows]
    return list(zip(keys, rows, strict=True))


def _plain(case: Case) -> str:
    return replace(case, slowdown=0.0, deterministic=False).key


def _speedups(before: CaseInGroup, after: CaseInGroup, interleaved: bool) -> Logs:
    baselines = [group.baseline for group, _ in (before, after)]
    if len({_plain(baseline.case) for baseline in baselines}) > 1:
        return f"the runs' baselines differ: {' and '.join(baseline.title for baseline in baselines)}"
    before_logs, after_logs = _speedup_logs(*before), _speedup_logs(*after)
    if not before_logs or not after_logs:
        return "one of the baselines has no valid measurement"
    aa_difference = max(before[0].aa_difference or 1.0, after[0].aa_difference or 1.0)
    paired = interleaved and len(before_logs) == len(after_logs)
    both = (before, after)
    spreads = [spread_between(group.spreads, group.baseline.case, result.case) for group, result in both]
    looks = [looks_of(group.baseline, result) for group, result in both]
    skipped = min(result.skipped_blocks for _, result in both)
    return BeforeAfter(
        before_logs, after_logs, paired, aa_difference, (spreads[0], spreads[1]), (looks[0], looks[1]), skipped
    )


def _step_logs(result: CaseResult) -> list[float]:
    """Minus the logarithm of the step's time, block by block: more is faster."""
    return [-math.log(step_s(m)) for m in result.measurements]


def _speedup_logs(group: GroupResult, result: CaseResult) -> list[float]:
    return [math.log(ratio) for ratio in block_ratios(group.baseline, result)]


def _judged(family: Sequence[Logs]) -> list[Comparison]:
    comparisons = iter(compare_runs([logs for logs in family if not isinstance(logs, str)]))
    return [
        Comparison(None, Verdict.NOT_COMPARABLE, reason=logs) if isinstance(logs, str) else next(comparisons)
        for logs in family
    ]
