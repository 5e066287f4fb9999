"""Brings the index of a folder of runs up to date: reads the run folders that changed since, and looks for steps."""

from collections.abc import Callable
from pathlib import Path

from bench import modes
from bench.analysis.analyse import analyse
from bench.analysis.history import look_for_steps
from bench.analysis.indexed import indexed_cases, indexed_run
from bench.analysis.results import Run
from bench.errors import BenchError
from bench.records.history_index import HistoryIndex
from bench.records.run_stamps import run_stamps
from bench.records.store import Store
from bench.records.strings import on_one_line

TOGETHER = 100  # runs after which what was read is kept, should the command be interrupted


def update(folder: Path, index: HistoryIndex, say: Callable[[str], None]) -> None:
    """Read what is new, leave out what is gone. Raises BenchError where the folder holds no run."""
    there, known = run_stamps(folder), index.stamps()
    if not there:
        raise BenchError(f"{folder} holds no run; give the folder that runs lie in, e.g. cifar-bench history results")
    changed = [path for path, stamp in there.items() if known.get(path) != stamp]
    index.forget([path for path in known if path not in there or path in changed])
    for number, path in enumerate(changed, 1):
        _read(folder, path, there[path], index)
        if number % TOGETHER == 0:
            index.rows.commit()
            say(f"read {number:,} of {len(changed):,} runs")
    if changed or known.keys() - there.keys():
        look_for_steps(index)


def _read(folder: Path, path: str, stamp: str, index: HistoryIndex) -> None:
    try:
        run = read_run(folder / path)
    except BenchError as error:
        index.add_broken(path, stamp, str(error))
        return
    index.add(path, stamp, indexed_run(on_one_line(Path(path).name), run), indexed_cases(run))


def read_run(folder: Path) -> Run:
    """A run folder, analysed. Raises BenchError where it cannot be read."""
    store = Store.open(folder)
    for case in store.plan.cases:
        modes.row(case.mode)  # raises for one that only a newer version knows
    return analyse(store.plan, store.outcomes(), store.left_out)
