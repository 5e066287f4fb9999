"""Compare runs of the same cases: what changed from the first run to each other one, and what differs around them.

Every run holds its control: how many times as fast a mode is as its own run's baseline. That and the step's time are
compared; block by block where the runs took turns, else with what the machine does from one run to another.
Leaves out the test itself (contrast.py), gates (gates.py) and wording (report/comparison.py).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from bench import stats
from bench.analysis import CaseResult, GroupResult, Run, block_ratios
from bench.contrast import GAIN_BETWEEN_RUNS, STEP_BETWEEN_RUNS, Sides, alternate, compare_runs
from bench.records import Case, Environment
from bench.stats import Comparison, Verdict

CHANGING = ("load_before", "load_after", "stolen", "at")  # from block to block
AROUND = tuple(field.name for field in fields(Environment) if field.name not in CHANGING)


@dataclass(frozen=True, slots=True)
class Named:
    """A run and what the reader calls it."""

    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Change:
    """One case from the first run to another. Ratios over 1: it is faster in the other.

    `step` compares times, `gain` the speed against each run's own baseline (None for the baseline itself). `in_turns`:
    block by block, for the runs' blocks took turns.
    """

    run: str
    case: Case
    group: str
    title: str
    step: Comparison
    gain: Comparison | None
    in_turns: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """Something around the runs that is not the same in all of them; one text a run."""

    what: str
    values: tuple[str, ...]


def differences(runs: Sequence[Named]) -> list[Difference]:
    """What differs in data, schedule and environment, the environment of each run's first measurement."""
    facts = [_facts(named.run) for named in runs]
    names = dict.fromkeys(name for fact in facts for name in fact)
    rows = [Difference(name, tuple(fact.get(name, "–") for fact in facts)) for name in names]
    return [row for row in rows if len(set(row.values)) > 1]


def _facts(run: Run) -> dict[str, str]:
    schedule = run.plan.schedule
    facts = {"data": run.plan.data_title, "preset": schedule.preset, "blocks": str(run.blocks)}
    facts["slowed on purpose"] = ", ".join(dict.fromkeys(r.title for _, r in run.rows() if r.case.slowdown)) or "none"
    environments = [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]
    if not environments:
        return facts
    first, loads = environments[0], [e.load_after for e in environments if e.load_after is not None]
    facts |= {name.replace("_", " "): _text(getattr(first, name)) for name in AROUND}
    stolen = max((e.stolen for e in environments if e.stolen is not None), default=None)
    return facts | {
        "CPU time stolen in a block, at most": "unknown" if stolen is None else f"{stolen:.1%}",
        "load before": _text(first.load_before),
        "load after a block, at most": _text(max(loads, default=None)),
    }


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(f"{name}={text}" for name, text in value) or "none"
    return "unknown" if value is None else str(value)


def changes(runs: Sequence[Named]) -> list[Change]:
    """Every case of any run, from the first run to each other one; Holm's correction over each kind of ratio."""
    first, *others = runs
    rows = [row for other in others for row in _rows(first, other)]
    steps = _judged([row.step for row in rows])
    gains = _judged([row.gain for row in rows])
    return [
        Change(row.run, row.case, row.group.title, row.title, step, None if row.baseline else gain, _in_turns(row.step))
        for row, step, gain in zip(rows, steps, gains, strict=True)
    ]


Pair = Sides | str  # what is compared, or why it cannot be


@dataclass(frozen=True, slots=True)
class _Row:
    run: str
    case: Case
    group: GroupResult
    title: str
    baseline: bool
    step: Pair
    gain: Pair


def _rows(first: Named, other: Named) -> list[_Row]:
    before, after = (dict(_cases(named.run)) for named in (first, other))
    keys = dict.fromkeys((*before, *after))
    rows = []
    for key in keys:
        group, result = after.get(key) or before[key]
        reason = _why_not(first, other, before.get(key), after.get(key))
        step: Pair = reason
        gain: Pair = reason
        if not reason:
            (group_a, a), (group_b, b) = before[key], after[key]
            turns = alternate(*([m.environment.at for m in r.measurements] for r in (a, b)))
            step = Sides(_step_logs(a), _step_logs(b), turns, between=STEP_BETWEEN_RUNS)
            gain = _gains((group_a, a), (group_b, b), turns)
        rows.append(_Row(other.name, result.case, group, result.title, result is group.baseline, step, gain))
    return rows


def _cases(run: Run) -> list[tuple[str, tuple[GroupResult, CaseResult]]]:
    """A case that was slowed on purpose is held against the one that was not."""
    rows = [(group, result) for group, result in run.rows() if not result.case.again]
    return [(replace(result.case, slowdown=0.0).key, (group, result)) for group, result in rows]


def _gains(before: tuple[GroupResult, CaseResult], after: tuple[GroupResult, CaseResult], turns: bool) -> Pair:
    ours, theirs = _gain_logs(*before), _gain_logs(*after)
    if not ours or not theirs:
        return "one of the baselines has no valid measurement"
    floor = max(before[0].floor or 1.0, after[0].floor or 1.0)
    return Sides(ours, theirs, turns and len(ours) == len(theirs), floor, GAIN_BETWEEN_RUNS)


def _in_turns(pair: Pair) -> bool:
    return isinstance(pair, Sides) and pair.in_turns


Found = tuple[GroupResult, CaseResult] | None


def _why_not(first: Named, other: Named, before: Found, after: Found) -> str:
    """Why a case of two runs cannot be compared; empty where it can."""
    for named, found in ((first, before), (other, after)):
        if found is None:
            return f"{named.name} does not hold it"
        if found[1].invalid:
            return f"INVALID in {named.name}: {found[1].invalid[0]}"
        if not found[1].measurements:
            return f"not measured in {named.name}"
    assert before and after
    ours, theirs = before[1].measurements[0].evidence, after[1].measurements[0].evidence
    if ours.batches_digest != theirs.batches_digest:
        return "the runs trained on other batches"
    if ours.weights_digest != theirs.weights_digest:
        return "the runs started from other weights"
    return ""


def _step_logs(result: CaseResult) -> list[float]:
    """Minus the log of a step's time, block by block: more is faster."""
    return [-stats.quiet_log(list(m.steady.by_round.values())) for m in result.measurements]


def _gain_logs(group: GroupResult, result: CaseResult) -> list[float]:
    return [math.log(ratio) for ratio in block_ratios(group.baseline, result)]


def _judged(pairs: Sequence[Pair]) -> list[Comparison]:
    found = iter(compare_runs([pair for pair in pairs if not isinstance(pair, str)]))
    return [
        Comparison(None, Verdict.NOT_COMPARABLE, reason=pair) if isinstance(pair, str) else next(found)
        for pair in pairs
    ]
