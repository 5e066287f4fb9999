"""Compare runs of the same cases: what changed from the first run to each other one, and what differs around them.

Every run holds its control: how many times as fast a mode is as its own run's baseline. That and the step's time are
compared; block by block where the runs took turns, else with what the machine does from one run to another.
Leaves out the test itself (contrast.py), gates (gates.py) and wording (report/comparison.py).
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.analysis.results import CaseResult, GroupResult, Run, block_ratios
from bench.analysis.stats import ratios as stats
from bench.analysis.stats.between_runs import GAIN_BETWEEN_RUNS, STEP_BETWEEN_RUNS, Sides, alternate, compare_runs
from bench.analysis.stats.ratios import Comparison, Verdict
from bench.analysis.validity import unequal_work
from bench.records.case import Case
from bench.records.environment import LASTING


@dataclass(frozen=True, slots=True)
class Named:
    """A run and what the reader calls it."""

    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Change:
    """One case from the first run to another. Ratios over 1: it is faster in the other.

    `step` compares times, `gain` the speed against each run's own baseline (None for the baseline itself). `in_turns`:
    block by block, for the runs' blocks took turns. `absent`: neither run could hold it, for want of a device, or since
    the mode cannot do the task.
    """

    run: str
    case: Case
    group: str
    title: str
    step: Comparison
    gain: Comparison | None
    in_turns: bool = False
    absent: bool = False


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
    facts["deterministic ops"] = (
        "only" if any(case.deterministic for case in run.plan.cases) else "as TensorFlow chooses"
    )
    environments = [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]
    if not environments:
        return facts
    first, loads = environments[0], [e.load_after for e in environments if e.load_after is not None]
    facts |= {name.replace("_", " "): _text(getattr(first, name)) for name in LASTING}
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
        Change(
            row.run,
            row.case,
            row.group.title,
            row.title,
            replace(step, warnings=(*step.warnings, *row.doubts)),
            None if row.baseline else gain,
            _in_turns(row.step),
            row.absent,
        )
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
    doubts: tuple[str, ...]
    absent: bool


Found = tuple[GroupResult, CaseResult]


def _rows(first: Named, other: Named) -> list[_Row]:
    before, after = (dict(_cases(named.run)) for named in (first, other))
    keys = dict.fromkeys((*before, *after))
    return [_row((first, before.get(key)), (other, after.get(key))) for key in keys]


def _row(before: tuple[Named, Found | None], after: tuple[Named, Found | None]) -> _Row:
    (_, a), (other, b) = before, after
    held = [found for found in (b, a) if found]
    group, result = held[0]
    step: Pair
    gain: Pair
    step = gain = _why_not(before, after)
    if a and b and not step:
        turns = alternate(*([m.environment.at for m in r.measurements] for _, r in (a, b)))
        step = Sides(_step_logs(a[1]), _step_logs(b[1]), turns, between=STEP_BETWEEN_RUNS)
        gain = _gains(a, b, turns)
    broken = [(named.name, len(found[1].failures)) for named, found in (before, after) if found]
    return _Row(
        other.name,
        result.case,
        group,
        result.title,
        all(found is its_group.baseline for its_group, found in held),
        step,
        gain,
        tuple(f"failed in {n} blocks of {name}" for name, n in broken if n and not isinstance(step, str)),
        all(found.not_applicable or found.not_available for _, found in held),
    )


def _cases(run: Run) -> list[tuple[str, Found]]:
    """A case that was slowed on purpose, or made deterministic, is held against the one that was not.

    Not where one run holds both: there each has a key of its own.
    """
    rows = [(group, result) for group, result in run.rows() if not result.case.again]
    alike = Counter(_plain(result.case) for _, result in rows)
    return [(_plain(row[1].case) if alike[_plain(row[1].case)] == 1 else row[1].case.key, row) for row in rows]


def _plain(case: Case) -> str:
    return replace(case, slowdown=0.0, deterministic=False).key


def _gains(before: Found, after: Found, turns: bool) -> Pair:
    baselines = [group.baseline for group, _ in (before, after)]
    if len({_plain(baseline.case) for baseline in baselines}) > 1:
        return f"the runs' baselines differ: {' and '.join(baseline.title for baseline in baselines)}"
    ours, theirs = _gain_logs(*before), _gain_logs(*after)
    if not ours or not theirs:
        return "one of the baselines has no valid measurement"
    floor = max(before[0].floor or 1.0, after[0].floor or 1.0)
    return Sides(ours, theirs, turns and len(ours) == len(theirs), floor, GAIN_BETWEEN_RUNS)


def _in_turns(pair: Pair) -> bool:
    return isinstance(pair, Sides) and pair.in_turns


def _why_not(before: tuple[Named, Found | None], after: tuple[Named, Found | None]) -> str:
    """Why a case of two runs cannot be compared; empty where it can."""
    for named, found in (before, after):
        if found is None:
            return f"{named.name} does not hold it"
        if found[1].invalid:
            return f"INVALID in {named.name}: {found[1].invalid[0]}"
        if not found[1].measurements:
            refused = found[1].not_applicable or found[1].not_available
            return f"not measured in {named.name}{': ' * bool(refused)}{refused}"
    assert before[1] and after[1]
    return _other_work(before[0].name, before[1][1], after[1][1])


def _other_work(name: str, before: CaseResult, after: CaseResult) -> str:
    """Why the two did not do the same work, as within a run; `name` is that of the run before."""
    ours, theirs = before.measurements[0].evidence, after.measurements[0].evidence
    if ours.batches_digest != theirs.batches_digest:
        return "the runs trained on other batches"
    if ours.weights_digest != theirs.weights_digest:
        return "the runs started from other weights"
    unequal = unequal_work(theirs, ours, after.case.workload.precision, after.case.device)
    return f"other work than in {name}: {unequal[0]}" if unequal else ""


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
