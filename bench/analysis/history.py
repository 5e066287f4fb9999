"""Steps and trends of every series of an index, kept in it until the series has other runs."""

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from bench.analysis.stats.ratios import Summary
from bench.analysis.stats.steps import Trend, find_steps, trend
from bench.records.history_index import HistoryIndex, Series

SEARCHED = 1000  # the latest runs of a series, in which steps are looked for
SPEEDUP, STEP_TIME = "speedup", "step time"
_VALUES = {SPEEDUP: "speedup", STEP_TIME: "1 / step_s"}  # more is faster
Values = list[tuple[int, float]]  # by run's id, oldest first


@dataclass(frozen=True, slots=True)
class FoundStep:
    """A step of a series, by the runs' ids: `run` is the first of the new level, `before` the last of the old one.

    The step lies after `earliest`, and in `latest` at last, with 95 %.
    """

    before: int
    run: int
    earliest: int
    latest: int
    ratio: Summary
    p: float


@dataclass(frozen=True, slots=True)
class HistoryFinding:
    """What was found in a series' speedups or step times; ratios above 1: faster. `runs`: those looked at."""

    steps: tuple[FoundStep, ...]
    trend: Trend
    runs: int


@dataclass(frozen=True, slots=True)
class SeriesFinding:
    """A finding with the series and what of it: SPEEDUP or STEP_TIME."""

    series: Series
    what: str
    finding: HistoryFinding


def look_for_steps(index: HistoryIndex) -> None:
    """Bring the findings of all series up to date."""
    index.rows.execute("DELETE FROM series WHERE id NOT IN (SELECT series FROM result)")
    known = {tuple(row[:2]): row[2] for row in index.rows.execute("SELECT series, what, digest FROM finding")}
    found = {(series, what): values for what in _VALUES for series, values in _series(index, what) if len(values) > 1}
    for (series, what), values in found.items():
        digest = f"{zlib.crc32(repr(values).encode()):08x}"
        if known.get((series, what)) != digest:
            row = [series, what, digest, msgspec.json.encode(_finding(values)).decode()]
            index.rows.execute("INSERT OR REPLACE INTO finding VALUES(?, ?, ?, ?)", row)
    index.rows.executemany(
        "DELETE FROM finding WHERE series = ? AND what = ?", [key for key in known if key not in found]
    )


def findings(index: HistoryIndex) -> list[SeriesFinding]:
    """All that was found, series by series."""
    wanted = (
        'SELECT machine, "group", arm, baseline, title, mode, what, document '
        "FROM finding JOIN series ON id = series ORDER BY id, what"
    )
    rows = index.rows.execute(wanted)
    return [SeriesFinding(Series(*row[:6]), row[6], msgspec.json.decode(row[7], type=HistoryFinding)) for row in rows]


def _series(index: HistoryIndex, what: str) -> Iterator[tuple[int, Values]]:
    value = _VALUES[what]
    wanted = (
        f"SELECT series, run, {value} FROM result JOIN run ON run.id = run "  # noqa: S608
        f"WHERE {value} IS NOT NULL ORDER BY series, created, path"
    )
    values = dict[int, Values]()
    for series, run, number in index.rows.execute(wanted):
        values.setdefault(series, []).append((run, math.log(number)))
    yield from ((series, rows[-SEARCHED:]) for series, rows in values.items())


def _finding(values: Values) -> HistoryFinding:
    runs, logs = [run for run, _ in values], [log for _, log in values]
    steps = find_steps(logs)
    found = (FoundStep(runs[s.at - 1], runs[s.at], runs[s.first - 1], runs[s.last], s.ratio, s.p) for s in steps)
    return HistoryFinding(tuple(found), trend(logs, steps), len(runs))
