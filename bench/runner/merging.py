"""Parts of a run that were measured apart, as by the jobs of a CI, put together as one run.

The repetition is the unit: those of a later part follow those of the earlier ones. Parts that would make the run
something else than one that was measured here at once are refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.analysis.earlier_runs import MACHINE
from bench.errors import BenchError
from bench.records.case import Case
from bench.records.environment import Environment
from bench.records.run import Failure, Measurement, Outcome, Plan, groups
from bench.records.store import Store


def merge(folders: Sequence[Path], out: Path) -> Store:
    """A new run in `out` with all that the parts hold. Raises BenchError for the first reason against it."""
    if len(folders) < 2:
        raise BenchError("one part is nothing to merge; type e.g. cifar-bench merge PART1 PART2 --out results/RUN")
    parts = [Store.open(folder) for folder in folders]
    for part in parts:
        _refuse_alone(part)
        _refuse_beside(parts[0], part)
    _refuse_twice(parts)
    with Store.create(out, _plan(parts)) as store:
        for outcome in _outcomes(parts):
            store.keep(outcome)
    return store


def _refuse_alone(part: Store) -> None:
    schedule = part.plan.schedule
    if schedule.goal is not None or schedule.precision is not None:
        raise BenchError(
            f"{part.folder} ended when its intervals were narrow enough, which repetitions added to it would bias; "
            "make each part with a fixed number: run --blocks N"
        )
    if any(line.contradicts for line in part.left_out):
        raise BenchError(f"{part.folder} is damaged; type cifar-bench report {part.folder} to see where")
    if not part.outcomes():
        raise BenchError(f"{part.folder} holds no repetition yet; leave it out")


def _refuse_beside(first: Store, part: Store) -> None:
    """Whether the two could be one run: what was asked for and the machine are the same, but for the repetitions."""
    ours, theirs = first.plan, part.plan
    compared = {
        "schedule": (replace(ours.schedule, blocks=1), replace(theirs.schedule, blocks=1)),
        "seed": (ours.seed, theirs.seed),
        "data": (ours.data_title, theirs.data_title),
        **_machines(first, part),
    }
    for what, (one, other) in compared.items():
        if one != other:
            raise BenchError(f"{part.folder} has another {what} than {first.folder} ({_shown(one, other)})")
    mine, its = groups(ours), groups(theirs)
    for name in mine.keys() & its.keys():
        if mine[name] != its[name]:
            raise BenchError(
                f"{part.folder} has other modes for {name} than {first.folder}; modes are compared within a "
                "repetition, so each part needs all of them: run the same --modes"
            )


def _machines(first: Store, part: Store) -> Mapping[str, tuple[object, object]]:
    ours, theirs = _environment(first), _environment(part)
    if not (ours and theirs):
        return {}
    return {name.replace("_", " "): (getattr(ours, name), getattr(theirs, name)) for name in (*MACHINE, "commit")}


def _environment(part: Store) -> Environment | None:
    return next((o.measurement.environment for o in part.outcomes() if o.measurement), None)


def _shown(one: object, other: object) -> str:
    return f"{other} and {one}" if isinstance(one, str | int | None) else "see their plan.json"


def _refuse_twice(parts: Sequence[Store]) -> None:
    """No repetition counts twice: a copy of a part, or a part that another was resumed from."""
    held: dict[tuple[object, ...], Path] = {}
    for part in parts:
        measured = [outcome.measurement for outcome in part.outcomes() if outcome.measurement]
        marks = [(m.case.key, m.environment.at, m.steady.seconds, m.build_s) for m in measured]
        if found := next((held[mark] for mark in marks if mark in held), None):
            raise BenchError(f"{part.folder} and {found} hold the same repetition; give each once")
        held |= dict.fromkeys(marks, part.folder)


def _plan(parts: Sequence[Store]) -> Plan:
    plans = [part.plan for part in parts]
    cases = tuple(dict.fromkeys(case for plan in plans for case in plan.cases))
    spreads = {(spread.baseline, spread.candidate): spread for plan in reversed(plans) for spread in plan.spreads}
    blocks = max(offset for *_, offset in _offsets(parts))
    return replace(
        plans[0],
        created=min(plan.created for plan in plans),
        cases=tuple(case for of_group in _by_group(cases).values() for case in of_group),
        schedule=replace(plans[0].schedule, blocks=blocks),
        needed=tuple(dict.fromkeys(device for plan in plans for device in plan.needed)),
        spreads=tuple(spreads.values()),
    )


def _by_group(cases: Sequence[Case]) -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for case in cases:
        found.setdefault(case.group, []).append(case)
    return found


def _offsets(parts: Sequence[Store]) -> Iterator[tuple[Store, str, int, int]]:
    """Each part's groups with the number of the first of its blocks in the whole, and that after its last one."""
    ends = dict[str, int]()
    for part in parts:
        for name in groups(part.plan):
            blocks = {outcome.block for outcome in part.outcomes() if outcome.case.group == name}
            begin = ends.get(name, 0)
            ends[name] = begin + max(blocks, default=-1) + 1
            yield part, name, begin, ends[name]


def _outcomes(parts: Sequence[Store]) -> Iterator[Outcome]:
    for part, name, begin, _ in _offsets(parts):
        for outcome in part.outcomes():
            if outcome.case.group == name:
                yield _moved(outcome, begin)


def _moved(outcome: Outcome, by: int) -> Outcome:
    record: Measurement | Failure = replace(outcome.record, block=outcome.block + by)
    if isinstance(record, Measurement):
        return replace(outcome, measurement=record)
    return replace(outcome, failure=record)
