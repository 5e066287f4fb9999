"""The self-test: the clock, what the harness adds to a step, A/A runs, injected slowdowns of known size.

A/A and recovery are ordinary runs of as many blocks each: one mode against itself, unchanged and slowed on purpose.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

from bench.errors import BenchError, NotMeasured, unknown
from bench.machine import environment
from bench.records.choices import Options
from bench.records.files import new_folder, write
from bench.records.messages import Order, StageRequest
from bench.records.run import FORMAT, Outcome, Plan
from bench.records.selftest import LOOP, ClockCheck, Harness, SelfTest
from bench.records.store import Store
from bench.runner import plan, run
from bench.runner.block import Block
from bench.runner.worker_process import WORKER, WorkerProcess
from cifar_core.cifar10 import Source

SLOWDOWNS = (0.02, 0.05, 0.20)
TIMES = 2  # steps for each that is counted: a known factor that is computed, and larger than a sleep can be
BLOCKS = 3  # of a run of A/A and recovery
HARNESS_MODES = ("eager", "graph", "function", "xla")
HARNESS_ROUNDS, HARNESS_SLICE_S = 12, 0.05  # a bare loop of several slices follows each
READS = 100_000  # of the clock


@dataclass(frozen=True, slots=True)
class SelfTestPreset:
    """How much a self-test measures: runs of A/A and recovery, and blocks and modes of the harness' cost."""

    name: str
    runs: int
    harness_blocks: int
    harness_modes: tuple[str, ...]


PRESETS = (SelfTestPreset("quick", 1, 1, ("eager", "function")), SelfTestPreset("thorough", 20, 6, HARNESS_MODES))


def preset(name: str, runs: int | None = None) -> SelfTestPreset:
    """The preset, with another number of runs if one is given. Raises BenchError."""
    known = {preset.name: preset for preset in PRESETS}
    if name not in known:
        raise unknown("preset", name, list(known), "--preset")
    if runs is not None and runs < 1:
        raise BenchError(f"{runs} runs test nothing; type e.g. --runs 20")
    return known[name] if runs is None else replace(known[name], runs=runs)


def run_plan(mode: str, number: int, data: str, source: Source) -> Plan:
    """One run: the mode as its own baseline, again, slowed by each of SLOWDOWNS, and with TIMES the steps.

    Raises BenchError.
    """
    # As many blocks in every run: a goal would end the quiet ones sooner, and all of them are judged alike.
    base = plan.make(Options(modes=plan.choose_mode(mode), data=data, preset="quick", blocks=BLOCKS), source)
    slowed = [replace(base.cases[0], slowdown=share) for share in SLOWDOWNS]
    multiplied = replace(base.cases[0], steps_each=TIMES)
    return replace(base, seed=number, cases=(*base.cases[:2], *slowed, multiplied))  # of replicas, a single one


def execute(
    folder: Path,
    mode: str,
    how: SelfTestPreset,
    neighbour: bool,
    data: str,
    source: Source,
    progress: run.Progress,
    command: Sequence[str] = WORKER,
    turn: AbstractContextManager[object] = run.NO_TURN,
) -> None:
    """Test, and leave selftest.json and one run folder for each run. Raises BenchError; Ctrl-C keeps what there is.

    `turn`: entered for each block, see run.execute.
    """
    first = run_plan(mode, 0, data, source)
    with new_folder(folder, "give another --out"):
        clock = check_clock()
    with busy_neighbour() if neighbour else contextlib.nullcontext():
        harness = measure_harness(how, data, source, _After(progress, how.runs * first.schedule.blocks), command, turn)
        record = SelfTest(
            format=FORMAT,
            created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
            preset=how.name,
            mode=mode,
            runs=how.runs,
            neighbour=neighbour,
            data_title=source.title,
            synthetic=source.synthetic,
            environment=environment.read(),
            clock=clock,
            harness=harness,
        )
        write(folder / "selftest.json", record)
        for number in range(how.runs):
            left = (how.runs - number - 1) * first.schedule.blocks
            with Store.create(folder / "runs" / f"{number:02}", run_plan(mode, number, data, source)) as store:
                run.execute(store, source, _After(progress, left), command, turn=turn)


def check_clock() -> ClockCheck:
    """The clock that times slices: read READS times in a row."""
    times = [time.perf_counter() for _ in range(READS)]
    ticks = [after - before for before, after in pairwise(times) if after > before]
    start = time.perf_counter()
    for _ in range(READS):
        time.perf_counter()
    cost_s = (time.perf_counter() - start) / READS
    return ClockCheck("time.perf_counter", time.get_clock_info("perf_counter").resolution, min(ticks), cost_s)


def measure_harness(
    how: SelfTestPreset,
    data: str,
    source: Source,
    progress: run.Progress,
    command: Sequence[str],
    turn: AbstractContextManager[object] = run.NO_TURN,
) -> tuple[Harness, ...]:
    """Slices and bare loops, interleaved, for each mode, in blocks like any other. Raises NotMeasured."""
    harness = plan.make(Options(modes=",".join(how.harness_modes), data=data, preset="quick"), source)
    schedule = replace(harness.schedule, rounds=HARNESS_ROUNDS, rounds_by_noise=False, slice_s=HARNESS_SLICE_S)
    cases = [case for case in harness.cases if not case.again]
    pairs: dict[str, list[tuple[float, float]]] = {case.mode: [] for case in cases}
    steps = {case.mode: 0 for case in cases}

    def loop(worker: WorkerProcess, slice_steps: int) -> None:
        seconds = worker.take(StageRequest("loop", LOOP * slice_steps)).seconds
        mode = worker.order.case.mode
        pairs[mode].append((worker.slices_s[-1] / slice_steps, seconds / (LOOP * slice_steps)))
        steps[mode] = LOOP * slice_steps

    def refuse(outcome: Outcome, _: bool) -> None:
        if outcome.failure:
            raise NotMeasured(f"{outcome.case.mode} failed in the selftest: {outcome.failure.message}")

    for block in range(how.harness_blocks):
        progress.start(how.harness_blocks - block)
        now = environment.read()
        orders = [Order(case, block, schedule, now, source) for case in cases]
        with turn:
            undisturbed = Block(orders, harness.seed, refuse, progress.notice, loop).run(command)
        if not undisturbed:
            raise NotMeasured(f"a block cannot be used: {run.STOPPED}; type the same again with another --out")
        progress.block_done()
    return tuple(
        Harness(mode, tuple(slice_s for slice_s, _ in both), tuple(loop_s for _, loop_s in both), steps[mode])
        for mode, both in pairs.items()
    )


@contextlib.contextmanager
def busy_neighbour() -> Iterator[None]:
    """Somebody else's work: a process that keeps one core busy until the end of the with-block."""
    spin = "import os\nif hasattr(os, 'sched_setaffinity'): os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    process = subprocess.Popen([sys.executable, "-c", spin + "while os.getppid() == " + f"{os.getpid()}: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


class _After:
    """Progress of one part of a longer work: `left` blocks come after it."""

    def __init__(self, progress: run.Progress, left: int) -> None:
        self._progress, self._left = progress, left
        self.notice, self.block_done = progress.notice, progress.block_done

    def start(self, blocks: int) -> None:
        self._progress.start(blocks + self._left)
