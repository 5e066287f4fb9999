"""What a run shows on the terminal: progress while it works, the table when it is done.

With a terminal, a bar with the time left; without one (a pipe, CI), one plain line a block.
"""

import sys
import time
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
from rich.table import Table as RichTable
from rich.text import Text

from bench.commands.streams import say, write
from bench.records.strings import on_one_line
from bench.report.form.document import Table

PLAIN_WIDTH = 160  # wide enough that no cell is cut in a log


class Bar:
    """Progress for a person: block (or what `unit` calls it), stage, time left."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
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
        description = f"{self._unit} {self._done + 1} of {self._blocks}: {text}"
        self._bar.update(self._task, description=on_one_line(description), completed=self._done + share)

    def block_done(self) -> None:
        self._done += 1
        assert self._task is not None
        self._bar.update(self._task, completed=self._done)


class Lines:
    """Progress for a log: one line a block, on stderr."""

    def __init__(self, unit: str) -> None:
        self._unit = unit
        self._blocks = self._done = 0
        self._started = time.monotonic()

    def __enter__(self) -> "Lines":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def start(self, blocks: int) -> None:
        self._blocks = self._done + blocks

    def notice(self, text: str, share: float) -> None:
        pass

    def block_done(self) -> None:
        self._done += 1
        spent = time.monotonic() - self._started
        left = spent / self._done * (self._blocks - self._done)
        done = f"{self._unit} {self._done} of {self._blocks} done after {spent:.0f} s"
        say(f"{done}, about {left:.0f} s left", sys.stderr)


def progress(unit: str) -> Bar | Lines:
    """The one that fits where stderr goes."""
    return Bar(unit) if sys.stderr.isatty() else Lines(unit)


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
        self._bar.stop()

    def __call__(self, done: int, total: int | None) -> None:
        self._bar.update(self._task, completed=done, total=total)
        tenth = 10 * done // total if total else 0
        if self._bar.disable and tenth > self._tenth:
            self._tenth = tenth
            say(f"{done / 2**20:.0f} MiB, {10 * tenth} %", sys.stderr)


def show(table: Table) -> None:
    """A report's table on stdout; its cells are texts as they stand, not Rich's markup, and no escape sequences."""
    console = Console() if sys.stdout.isatty() else Console(width=PLAIN_WIDTH, no_color=True)
    drawn = RichTable(box=None, padding=(0, 2, 0, 0))
    for column in table.columns:
        drawn.add_column(Text(on_one_line(column.title)), overflow="fold")
    for cells in table.cells():
        drawn.add_row(*(Text(on_one_line(cell)) for cell in cells))
    with console.capture() as captured:
        console.print(drawn)
    write(captured.get())
