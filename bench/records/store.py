"""The run folder: what was measured, a line an outcome, held in memory and appended when it exists.

    plan.json              what the run set out to measure
    measurements.jsonl     an outcome a line, or a block moved aside; never changed. Packed as .jsonl.gz it is read too
    interrupted.jsonl      slices of blocks that were cut short; kept, never counted
    lock                   who writes to it, while somebody does

All else under the folder is rebuilt from these. A run of format 1 kept each outcome in a file of its own, under
measurements/: it is read like any, and goes on in measurements.jsonl.
"""

import os
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

from bench.errors import BenchError
from bench.records import lines
from bench.records.files import new_folder, read, write
from bench.records.kinds import not_the_kind
from bench.records.ledger import Ledger, LeftOut, Line, SetAside
from bench.records.lock import Lock
from bench.records.paths import inside
from bench.records.run import Outcome, Plan
from bench.records.validation import plan_fault
from cifar_core.workload import slug

MEASUREMENTS = "measurements.jsonl"
INTERRUPTED = "interrupted.jsonl"
PACKED = MEASUREMENTS + ".gz"
FILES_OF_FORMAT_1 = "measurements"
AGAIN = "move it away and type --resume to measure it again"


class Store:
    """A run folder that holds a plan. `create` and `resume` give one that may be written to, until it is closed."""

    def __init__(self, folder: Path, plan: Plan, lock: Lock | None = None) -> None:
        self.folder, self.plan, self._lock, self._writes = folder, plan, lock, lock is not None
        self._ledger = _ledger(folder, plan)

    @classmethod
    def create(cls, folder: Path, plan: Plan) -> "Store":
        """A new run, to be written. Raises BenchError where the folder holds anything, or cannot be written.

        A plan that could not be read again is refused too: nothing is measured that would be lost.
        """
        if fault := plan_fault(plan):
            raise BenchError(f"such a run cannot be kept: {fault}; see `cifar-bench run --help` for what options take")
        with new_folder(folder, f"type `cifar-bench run --resume {folder}` to go on with a run, or another --out"):
            return cls._locked(folder, lambda: _write_plan(folder, plan))

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """A run to be read while another process may write it. Raises BenchError where it is not a run."""
        return cls(folder, _plan(folder))

    @classmethod
    def resume(cls, folder: Path) -> "Store":
        """A run that is there, to be written. Raises BenchError where another process writes it, or it is packed."""
        _plan(folder)
        if (folder / PACKED).exists():
            force = "--force " if (folder / MEASUREMENTS).exists() else ""  # left by a packing that was cut short
            command = f"gunzip {force}{shlex.quote(str(folder / PACKED))}"
            raise BenchError(f"{folder} is packed, to be read only; to go on with it, type: {command}")
        return cls._locked(folder, lambda: _cut_torn_lines(folder))

    @classmethod
    def _locked(cls, folder: Path, prepare: Callable[[], Plan]) -> "Store":
        lock = Lock(folder)
        try:
            return cls(folder, prepare(), lock)
        except BaseException:
            lock.release()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others write to the folder. May be called again."""
        if self._lock:
            self._lock.release()
            self._lock = None

    @property
    def warning(self) -> str:
        """Why nothing keeps another process from writing to the folder, if nothing does."""
        return self._lock.warning if self._lock else ""

    @property
    def raw_files(self) -> tuple[str, ...]:
        """The names of what holds the measurements, as far as there are any."""
        names = (FILES_OF_FORMAT_1, MEASUREMENTS, PACKED)
        return tuple(name for name in names if (self.folder / name).exists())

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The lines that do not count, each with the reason."""
        return self._ledger.left_out

    def keep(self, outcome: Outcome, interrupted: bool = False) -> None:
        """Append one outcome; one that was cut short goes apart and never counts. Raises BenchError."""
        self._append(INTERRUPTED if interrupted else MEASUREMENTS, outcome)
        if not interrupted:
            self._ledger.take(outcome, "kept now")

    def read_again(self) -> "Store":
        """The run as a reader finds it, each line that does not count with its number; itself, if it is but read."""
        return Store.open(self.folder) if self._writes else self

    def set_aside(self, outcomes: Sequence[Outcome], why: str) -> None:
        """Of these cases and blocks a later outcome counts. Raises BenchError."""
        for outcome in outcomes:
            aside = SetAside((outcome.case.key, outcome.block), why)
            self._append(MEASUREMENTS, aside)
            self._ledger.take(aside, "set aside now")

    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome that counts, by block, then in the plan's order of cases."""
        return self._ledger.outcomes()

    def held(self) -> set[tuple[str, int]]:
        """The cases that have their outcome in a block, by their keys and the block's number."""
        return self._ledger.held()

    def _append(self, name: str, record: object) -> None:
        assert self._lock, "a store that was opened to be read"
        try:
            lines.append(inside(self.folder, self.folder / name), record)
        except OSError as error:
            advice = f"make room, then type --resume {self.folder}"
            raise BenchError(f"cannot write to {self.folder / name}: {error.strerror}; {advice}") from None


def _write_plan(folder: Path, plan: Plan) -> Plan:
    write(folder / "plan.json", plan)
    return plan


def _cut_torn_lines(folder: Path) -> Plan:
    try:
        for name in (MEASUREMENTS, INTERRUPTED):
            lines.cut_torn_line(folder / name)
    except OSError as error:
        raise BenchError(f"cannot write to {folder}: {error.strerror}; make it writable, or copy it") from None
    return _plan(folder)


def _plan(folder: Path) -> Plan:
    try:
        os.lstat(folder / "plan.json")
    except (FileNotFoundError, NotADirectoryError):
        raise not_the_kind(folder, "plan.json") from None
    except OSError as error:
        raise BenchError(f"cannot read {folder}: {error.strerror}") from None
    plan = read(folder / "plan.json", Plan)
    if fault := plan_fault(plan):
        raise BenchError(f"{folder / 'plan.json'} is broken ({fault}); restore it from a copy")
    return plan


def _ledger(folder: Path, plan: Plan) -> Ledger:
    """What counts of the folder. Packed lines hold all that was there, so they are read alone."""
    if not os.path.lexists(folder / PACKED):  # a link that leads nowhere is there, and an error
        try:
            ledger = _unpacked(folder, plan)
        except BenchError:
            if not os.path.lexists(folder / PACKED):
                raise
        else:
            if not os.path.lexists(folder / PACKED):  # it was not packed meanwhile
                return ledger
    ledger = Ledger(plan)
    _read_lines(folder / PACKED, ledger)
    return ledger


def _unpacked(folder: Path, plan: Plan) -> Ledger:
    ledger = Ledger(plan)
    for file in files_of_format_1(folder):
        outcome, place = read(file, Outcome, AGAIN), f"{FILES_OF_FORMAT_1}/{file.name}"
        if slug(file.stem) == f"{outcome.case.key}-b{outcome.block}":
            ledger.take(outcome, place)
        else:
            ledger.leave_out(f"{place}: it holds block {outcome.block} of {outcome.case.key}")
    if os.path.lexists(folder / MEASUREMENTS):
        _read_lines(folder / MEASUREMENTS, ledger)
    return ledger


def _read_lines(file: Path, ledger: Ledger) -> None:
    for place, line in lines.read(file, Line):
        ledger.take(line.record, f"{file.name} line {place.number}")


def files_of_format_1(folder: Path) -> list[Path]:
    """The outcomes of a run of format 1, each in a file. Raises BenchError where they cannot be listed."""
    place = folder / FILES_OF_FORMAT_1
    try:
        return [place / name for name in sorted(os.listdir(place)) if name.endswith(".json")] if place.exists() else []
    except OSError as error:
        raise BenchError(f"cannot read {place}: {error.strerror}") from None
