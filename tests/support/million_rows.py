"""What `history` of 1,000,000 rows costs, with its index and without: `python tests/support/million_rows.py`.

20,000 run folders of five configurations and ten repetitions, hard links to one run; their rows in the index differ
from run to run. Reading the run folders is timed on 10,000 rows, once as it was before there was an index and once into
an index, and multiplied.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[2]
RUNS, READ, BLOCKS = 20_000, 200, 10
STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.03, "function": 0.025, "xla": 0.048, "keras_fit": 0.04}


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        one = _a_run(Path(place) / "one")
        _linked(one, Path(place) / "some", READ)
        _linked(one, Path(place) / "all", RUNS)
        rows = RUNS * 5 * BLOCKS
        _timed(f"read the JSON of {rows // 100:,} rows (times 100)", lambda: _read(Path(place) / "some"), 100)
        _timed(f"build an index of {rows // 100:,} rows (times 100)", lambda: _update(Path(place) / "some"), 100)
        _index_all(one, Path(place) / "all")
        command = [sys.executable, "-m", "bench", "history", str(Path(place) / "all")]
        for _ in range(3):
            _timed(f"history of {rows:,} rows, index up to date", lambda: _run(command))
        print(f"index: {(Path(place) / 'all' / 'history.sqlite').stat().st_size / 1e6:.0f} MB")  # noqa: T201


def _timed(what: str, work: Callable[[], object], times: int = 1) -> None:
    began, cpu = time.perf_counter(), sum(os.times()[:4])
    work()
    wall_s, cpu_s = times * (time.perf_counter() - began), times * (sum(os.times()[:4]) - cpu)
    load = os.getloadavg()[0]
    print(f"{what}: {cpu_s:.1f} s of CPU time, {wall_s:.1f} s (load {load:.0f} on {os.cpu_count()} cores)")  # noqa: T201


def _run(command: list[str]) -> None:
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def _a_run(folder: Path) -> Path:
    from builders import PLANNED, a_group, a_plan
    from kept_runs import a_run

    cases = a_group(("eager", "graph", "function", "xla", "keras_fit"))
    return a_run(folder, STEPS, BLOCKS, plan=a_plan(cases, schedule=replace(PLANNED, blocks=BLOCKS)))


def _linked(one: Path, folder: Path, runs: int) -> None:
    for number in range(runs):
        (folder / f"run{number:05}").mkdir(parents=True)
        for name in ("plan.json", "measurements.jsonl"):
            os.link(one / name, folder / f"run{number:05}" / name)


def _read(folder: Path) -> None:
    from bench.report.history_update import read_run

    for run in folder.iterdir():
        read_run(run)


def _update(folder: Path) -> None:
    from bench.records.history_index import open_index
    from bench.report.history_update import update

    with open_index(folder) as index:
        update(folder, index, lambda text: None)


def _index_all(one: Path, folder: Path) -> None:
    """The rows of all runs, each a little faster or slower than the next."""
    from bench.analysis.history import look_for_steps
    from bench.analysis.indexed import indexed_cases, indexed_run
    from bench.records.history_index import open_index
    from bench.records.run_stamps import run_stamps
    from bench.report.history_update import read_run

    run, random = read_run(one), Random(0)
    words, cases = indexed_run("", run), indexed_cases(run)
    with open_index(folder) as index:
        for number, (path, stamp) in enumerate(run_stamps(folder).items()):
            factor = random.gauss(1, 0.014)
            started = f"{2000 + number // 336:04}-{1 + number // 28 % 12:02}-{1 + number % 28:02}T00:00:00+00:00"
            made = [
                replace(case, step=_scaled(case.step, factor), speedup=_scaled(case.speedup, factor)) for case in cases
            ]
            index.add(path, stamp, replace(words, name=path, created=started), made)
        look_for_steps(index)


def _scaled(ends: tuple[float | None, ...], factor: float) -> tuple[float | None, ...]:
    *numbers, n = ends
    return (*(None if number is None else number * factor for number in numbers), n)


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]
    main()
