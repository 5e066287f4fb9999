"""What the page of a history shows, read from its index: the latest runs, their cases, and steps among all runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.analysis.history import SeriesFinding, findings
from bench.analysis.stats.ratios import Summary
from bench.errors import BenchError
from bench.records.history_index import Ends, HistoryIndex, IndexedRun, document_of, environments

LATEST = 50  # runs that are shown by default


@dataclass(frozen=True, slots=True)
class HistoryRun:
    """A run that can be read: its number among all of them, oldest first from 1 on, and its folder's path."""

    number: int
    path: str
    run: IndexedRun


@dataclass(frozen=True, slots=True)
class HistoryCase:
    """A case of one of these runs."""

    run: int
    group: str
    title: str
    mode: str
    data: str
    verdict: str
    blocks: int
    step: Summary | None
    speedup: Summary | None


@dataclass(frozen=True, slots=True)
class History:
    """`runs` and `cases` are of the latest runs, of `total`; `found` is of all. `named` and `ran_under`: the runs that
    steps name, by their ids. `broken`: why folders cannot be read; `damaged`: whether any run is."""

    total: int
    runs: Mapping[int, HistoryRun]
    cases: tuple[HistoryCase, ...]
    found: tuple[SeriesFinding, ...]
    named: Mapping[int, HistoryRun]
    ran_under: Mapping[int, Mapping[str, str]]
    broken: tuple[str, ...]
    damaged: bool


def read_history(index: HistoryIndex, latest: int = LATEST) -> History:
    """The history with so many of its latest runs. Raises BenchError where none can be read."""
    broken = tuple(text for (text,) in index.rows.execute("SELECT fault FROM run WHERE fault != '' ORDER BY path"))
    order = [key for (key,) in index.rows.execute("SELECT id FROM run WHERE fault = '' ORDER BY created, path")]
    if not order:
        raise BenchError(f"the folder holds no run that can be read: {broken[0]}")
    numbers = {key: number for number, key in enumerate(order, 1)}
    found = tuple(findings(index))
    steps = [step for each in found for step in each.finding.steps]
    asked = {key for step in steps for key in (step.before, step.run, step.earliest, step.latest)}
    runs = _runs(index, {key: numbers[key] for key in order[-latest:]})
    damaged = index.rows.execute("SELECT max(damaged) FROM run").fetchone()[0]
    named = _runs(index, {key: numbers[key] for key in asked})
    ran_under = environments(index, asked)
    return History(len(order), runs, _cases(index, runs), found, named, ran_under, broken, bool(damaged))


def _runs(index: HistoryIndex, numbers: Mapping[int, int]) -> dict[int, HistoryRun]:
    found = {
        key: index.rows.execute("SELECT path, document FROM run WHERE id = ?", [key]).fetchone() for key in numbers
    }
    return {key: HistoryRun(numbers[key], path, document_of(document)) for key, (path, document) in found.items()}


def _cases(index: HistoryIndex, runs: Mapping[int, HistoryRun]) -> tuple[HistoryCase, ...]:
    wanted = (
        'SELECT run, "group", title, mode, data, verdict, blocks, step_s, step_low, step_high, step_n, '
        "speedup, speedup_low, speedup_high, speedup_n "
        "FROM result JOIN series ON series.id = series WHERE run = ? ORDER BY result.id"
    )
    return tuple(_case(row) for key in runs for row in index.rows.execute(wanted, [key]))


def _case(row: tuple[Any, ...]) -> HistoryCase:
    run, group, title, mode, data, verdict, blocks, *ends = row
    step, speedup = _summary((ends[0], ends[1], ends[2], ends[3])), _summary((ends[4], ends[5], ends[6], ends[7]))
    return HistoryCase(run, group, title, mode, data, verdict, blocks, step, speedup)


def _summary(ends: Ends) -> Summary | None:
    centre, low, high, n = ends
    return None if centre is None or n is None else Summary(centre, low, high, n)
