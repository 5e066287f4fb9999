"""What a run shows on the terminal: progress while it works, the table when it is done.

With a terminal, a bar with the time left; without one (a pipe, CI), one plain line a block.
"""

import sys
import time
from collections.abc import Callable, Sequence
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from bench.commands.grid import TerminalTable, coloured, drawn, in_colours, prose, styled, width
from bench.commands.heartbeat import Heartbeat
from bench.commands.streams import say, write
from bench.records.strings import on_one_line
from bench.report.form.document import Table
from bench.runner.eta import duration

TRAINING = "seed"  # the unit of work whose progress is even
SILENCE_S = 10.0  # after so long without a line, a log says what is going on


class Bar:
    """Progress for a person: block (or what `unit` calls it), stage, time left."""

    def __init__(self, unit: str, at_most: str = "") -> None:
        self._unit, self._limit = unit, f" ({at_most})" if at_most else ""
        self._bar = Progress(
            TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(),
            TextColumn("left"), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True, speed_estimate_period=600,
        )  # fmt: skip
        self._task: TaskID | None = None
        self._blocks = self._done = 0

    def __enter__(self) -> "Bar":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def start(self, blocks: int) -> None:
        self._blocks = self._done + blocks
        if self._task is None:
            self._task = self._bar.add_task("starting", total=self._blocks)
        self._bar.update(self._task, total=self._blocks)

    def notice(self, text: str, share: float) -> None:
        assert self._task is not None
        description = f"{self._unit} {self._done + 1} of {self._blocks}{self._limit}: {text}"
        self._bar.update(self._task, description=on_one_line(description), completed=self._done + share)

    def block_done(self) -> None:
        self._done += 1
        assert self._task is not None
        self._bar.update(self._task, completed=self._done)


class Lines:
    """Progress for a log, on stderr: one line a block, and what is going on where nothing else was said for a while."""

    def __init__(self, unit: str, clock: Callable[[], float] = time.monotonic, at_most: str = "") -> None:
        self._unit, self._clock, self._at_most = unit, clock, at_most
        self._blocks = self._done = 0
        self._started, self._said_at = clock(), -SILENCE_S
        self._beat, self._from = Heartbeat(), (0.0, 0.0)

    def __enter__(self) -> "Lines":
        self._beat.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._beat.__exit__(kind, error, trace)

    def start(self, blocks: int) -> None:
        self._blocks = self._done + blocks

    def notice(self, text: str, share: float) -> None:
        text = f"{self._unit} {self._done + 1} of {self._of()}: {text}{self._left(self._done + share)}"
        if self._clock() - self._said_at >= SILENCE_S:
            self._say(text)
        self._beat.expect(text)

    def block_done(self) -> None:
        self._done += 1
        spent = self._clock() - self._started
        left = spent / self._done * (self._blocks - self._done)
        rest = f", about {duration(left)} left" if left else ""
        most = f", {self._at_most}" if self._at_most else ""
        self._say(f"{self._unit} {self._done} of {self._of()} done after {duration(spent)}{rest}{most}")

    def _left(self, done: float) -> str:
        """Of trainings, whose shares grow as evenly as time: how long the rest takes, once a tenth of one is done."""
        if self._unit != TRAINING:
            return ""
        now = self._clock()
        self._from = self._from if self._from[1] else (now, done)
        since, first = self._from
        if done - first < 0.1:
            return ""
        return f", about {duration((now - since) / (done - first) * (self._blocks - done))} left"

    def _of(self) -> str:
        """How many there will be, as far as the plan alone can say."""
        return f"at least {self._blocks}" if self._at_most else f"{self._blocks}"

    def _say(self, text: str) -> None:
        self._said_at = self._clock()
        say(text, sys.stderr)


def progress(unit: str, at_most: str = "") -> Bar | Lines:
    """The one that fits where stderr goes. `at_most`: what limits a work whose blocks are not known beforehand."""
    return Bar(unit, at_most) if sys.stderr.isatty() else Lines(unit, at_most=at_most)


class Download:
    """How far a download has come: a bar on a terminal, a line every tenth without one. Called with bytes."""

    def __init__(self) -> None:
        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TextColumn("left"), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True)
        self._task = self._bar.add_task("", total=None)
        self._tenth = 0

    def __enter__(self) -> "Download":
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._bar.disable:  # Rich before 14.3 prints an empty line where there is nothing to stop
            self._bar.stop()

    def __call__(self, done: int, total: int | None) -> None:
        self._bar.update(self._task, completed=done, total=total)
        tenth = 10 * done // total if total else 0
        if self._bar.disable and tenth > self._tenth:
            self._tenth = tenth
            say(f"{done / 2**20:.0f} MiB, {10 * tenth} %", sys.stderr)


def show(table: Table, order: Sequence[str] = ()) -> None:
    """A report's table on stdout, in the width there is. `order`: the columns by title, those first that must stay."""
    titles, cells = [column.title for column in table.columns], table.cells()
    if table.group:
        titles = ["case", *titles]
        cells = [[str(row[table.group]), *texts] for row, texts in zip(table.rows, cells, strict=True)]
    show_grid(TerminalTable(titles, cells, order))


def show_grid(grid: TerminalTable) -> None:
    """The same of cells that are texts already; no escape sequences but ours."""
    write(drawn(grid, width(), coloured()))


def tell(sentence: str, style: str = "") -> None:
    """A sentence of a report on stdout, without its Markdown, in lines that fit."""
    text = prose(sentence.replace("**", "").replace("`", ""), width())
    write(f"{styled(text, style, coloured()) if style else in_colours(text, coloured())}\n")
