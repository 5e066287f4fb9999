"""The index of a folder of runs: history.sqlite, made from the run folders and rebuilt from them at will.

run       a row a run folder, with the names, sizes and times of the files it was read from
series    a row a comparison on one kind of machine: the runs of a history that belong together
result    a row a case and run, as the run's own report has it
block     a row a case and block
finding   what was found in a series, as JSON
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from bench.errors import BenchError
from bench.records.strings import cleaned
from cifar_core.plain_files import refuse_special

INDEX = "history.sqlite"
SCHEMA = 1  # raised when rows come to mean something else: an index with another number is rebuilt
_TABLES = """
CREATE TABLE run(
    id INTEGER PRIMARY KEY, path TEXT UNIQUE, stamp TEXT, created TEXT, fault TEXT, damaged INT, document TEXT);
CREATE TABLE series(
    id INTEGER PRIMARY KEY, machine TEXT, "group" TEXT, arm TEXT, baseline TEXT, title TEXT, mode TEXT,
    UNIQUE(machine, "group", arm, baseline));
CREATE TABLE result(
    id INTEGER PRIMARY KEY, run INT, series INT, data TEXT, verdict TEXT, blocks INT,
    step_s REAL, step_low REAL, step_high REAL, step_n INT,
    speedup REAL, speedup_low REAL, speedup_high REAL, speedup_n INT);
CREATE INDEX result_of_run ON result(run);
CREATE TABLE block(
    result INT, block INT, began REAL, step_s REAL, speedup REAL, first_step_s REAL, startup_s REAL, memory INT);
CREATE INDEX block_of_result ON block(result);
CREATE TABLE finding(series INT, what TEXT, digest TEXT, document TEXT, PRIMARY KEY(series, what));
"""
Ends = tuple[float | None, float | None, float | None, int | None]  # centre, low, high, n; all None: not measured


@dataclass(frozen=True, slots=True)
class Series:
    """What is alike in all runs of a series: the machine, the group, the case and its baseline; and its words."""

    machine: str
    group: str
    arm: str
    baseline: str
    title: str
    mode: str


@dataclass(frozen=True, slots=True)
class IndexedBlock:
    """A case in a block: `speedup` None for the baseline. The rest as in Measurement."""

    block: int
    began: float | None
    step_s: float
    speedup: float | None
    first_step_s: float
    startup_s: float
    peak_memory_bytes: int


@dataclass(frozen=True, slots=True)
class IndexedCase:
    """A case of a run, as the run's report has it: `step` in seconds, `speedup` with the interval over time."""

    series: Series
    data: str
    verdict: str
    measured_blocks: int
    step: Ends
    speedup: Ends
    blocks: tuple[IndexedBlock, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexedRun:
    """A run of a history. `environment`: what it ran under, by name; `left_out`: its lines that do not count."""

    name: str
    created: str
    data: str
    groups: tuple[str, ...] = ()
    blocks: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    damaged: bool = False


class HistoryIndex:
    """An index that is open, to be read and brought up to date."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.rows = connection

    def stamps(self) -> dict[str, str]:
        """What each run folder was like when it was read."""
        return {path_of(path): stamp for path, stamp in self.rows.execute("SELECT path, stamp FROM run")}

    def forget(self, paths: Iterable[str]) -> None:
        """Leave out what is known of these run folders."""
        for (run,) in [
            found for p in paths for found in self.rows.execute("SELECT id FROM run WHERE path = ?", [_kept(p)])
        ]:
            self.rows.execute("DELETE FROM block WHERE result IN (SELECT id FROM result WHERE run = ?)", [run])
            self.rows.execute("DELETE FROM result WHERE run = ?", [run])
            self.rows.execute("DELETE FROM run WHERE id = ?", [run])

    def add(self, path: str, stamp: str, run: IndexedRun, cases: Iterable[IndexedCase]) -> None:
        """A run with its cases."""
        row: list[object] = [_kept(path), stamp, run.created, "", run.damaged, msgspec.json.encode(run).decode()]
        key = self.rows.execute("INSERT INTO run VALUES(NULL, ?, ?, ?, ?, ?, ?)", row).lastrowid
        for case in cases:
            row = [key, self._series(case.series), case.data, case.verdict, case.measured_blocks]
            row += [*case.step, *case.speedup]
            marks = ", ".join("?" * len(row))
            result = self.rows.execute(f"INSERT INTO result VALUES(NULL, {marks})", row).lastrowid
            blocks = ((result, *_values(block)) for block in case.blocks)
            self.rows.executemany("INSERT INTO block VALUES(?, ?, ?, ?, ?, ?, ?, ?)", blocks)

    def add_broken(self, path: str, stamp: str, fault: str) -> None:
        """A folder that cannot be read, and why: it is not tried again until it changes."""
        self.rows.execute("INSERT INTO run VALUES(NULL, ?, ?, '', ?, 1, '')", [_kept(path), stamp, cleaned(fault)])

    def _series(self, series: Series) -> int:
        key = [series.machine, series.group, series.arm, series.baseline]
        wanted = 'SELECT id FROM series WHERE machine = ? AND "group" = ? AND arm = ? AND baseline = ?'
        if found := self.rows.execute(wanted, key).fetchone():
            return int(found[0])
        row = [*key, series.title, series.mode]
        return self.rows.execute("INSERT INTO series VALUES(NULL, ?, ?, ?, ?, ?, ?)", row).lastrowid or 0


def _kept(path: str) -> str | bytes:
    """A path as the index takes it: in bytes where it is not UTF-8."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(path)
    return path


def path_of(kept: str | bytes) -> str:
    """A path from the index."""
    return os.fsdecode(kept)


def _values(block: IndexedBlock) -> tuple[object, ...]:
    return (
        *(block.block, block.began, block.step_s, block.speedup),
        *(block.first_step_s, block.startup_s, block.peak_memory_bytes),
    )


@contextmanager
def open_index(folder: Path, rebuild: bool = False) -> Iterator[HistoryIndex]:
    """The index of a folder of runs, kept when the with-block ends well. A damaged or older one is rebuilt.

    Raises BenchError where it cannot be written.
    """
    file = folder / INDEX
    try:
        refuse_special(file)
        connection = _opened(file, rebuild)
        try:
            with connection:
                yield HistoryIndex(connection)
        finally:
            connection.close()
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BenchError(f"cannot write {file}: {reason}") from None


def _opened(file: Path, rebuild: bool) -> sqlite3.Connection:
    if not rebuild and file.exists():
        connection = sqlite3.connect(file, timeout=60)
        if _is_of_this_version(connection):
            return connection
        connection.close()
    file.unlink(missing_ok=True)
    connection = sqlite3.connect(file, timeout=60)
    connection.executescript(f"{_TABLES} PRAGMA user_version = {SCHEMA};")
    return connection


def _is_of_this_version(connection: sqlite3.Connection) -> bool:
    with suppress(sqlite3.DatabaseError):
        return bool(connection.execute("PRAGMA user_version").fetchone() == (SCHEMA,))
    return False


def document_of(text: str) -> IndexedRun:
    """A run's own words, as `add` kept them."""
    return msgspec.json.decode(text, type=IndexedRun)


def environments(index: HistoryIndex, runs: Iterable[int]) -> Mapping[int, dict[str, str]]:
    """What these runs ran under, by their ids."""
    found = (index.rows.execute("SELECT id, document FROM run WHERE id = ?", [run]).fetchone() for run in runs)
    return {int(row[0]): document_of(row[1]).environment for row in found if row}
