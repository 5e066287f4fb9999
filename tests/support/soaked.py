"""The processes of a soak: `cifar-bench` itself, and workers whose times follow from seed, case, block and step alone.

    soaked.py run HOW WORDS...   `cifar-bench WORDS` with such workers, HOW: "forked" by a fork server or "executed"
    soaked.py forkserver         the fork server of the forked ones
    soaked.py worker             one that is executed

Whatever a machine adds to a record (its load, its memory, the time of day) is left out, so that two runs of one plan
hold the same bytes.
"""

import random
import sys
import time
from dataclasses import replace
from functools import partial

from builders import ENVIRONMENT, FakeClock, FakeTrainer

from bench.machine import environment
from bench.machine.counters import Used
from bench.machine.nvml import GpuLogger
from bench.records.costs import Costs
from bench.records.messages import Order
from bench.worker import case, slices
from bench.worker.diagnostics import Diagnostics
from bench.worker.instruments import Instruments
from bench.worker.serve import serve
from bench.worker.setup import Setup

PAUSE_S = 0.002  # what a step really takes: faults must be able to fall between two
STEPS_S = {"eager": 0.02, "function": 0.01, "xla": 0.012}
SPREAD = 0.04  # of a step's times
TICK_S = 2.0**-40  # all times are whole ticks, so that their sums and differences are exact whatever the clock shows
MEMORY = 2**29


def instruments() -> Instruments:
    """With a clock that only training moves on."""
    clock = FakeClock()

    def set_up(order: Order) -> Setup:
        name = f"{order.case.workload.seed}/{order.case.key}/{order.block}"

        def step(number: int) -> None:
            time.sleep(PAUSE_S)
            clock.now += ticked(SPREAD * STEPS_S[order.case.mode] * random.Random(f"{name}/{number}").random())

        step_s = ticked(STEPS_S[order.case.mode] * (1 + SPREAD * random.Random(name).random()))
        return Setup(lambda: FakeTrainer(order.case.mode, clock, step_s, on_step=step), "batches")

    def sleep(seconds: float) -> None:
        clock.now += seconds

    return Instruments(set_up, clock, diagnose, lambda order: GpuLogger(None, set), sleep)


def ticked(seconds: float) -> float:
    return round(seconds / TICK_S) * TICK_S


def diagnose(order: Order, trainer: object, steps: int, clock: object, costs: Costs) -> Diagnostics:
    return Diagnostics(replace(costs, cpu_s=1.0))


def without_a_machine() -> None:
    """What the worker counts beside the clock is always the same."""
    case.memory_bytes = slices.memory_bytes = lambda: MEMORY  # type: ignore[attr-defined]
    case.peak_memory_bytes = lambda: MEMORY  # type: ignore[attr-defined]
    slices.used_since = lambda begin: Used(0.0, 0)  # type: ignore[attr-defined]


def worker() -> None:
    from bench.machine.child_end import connect

    without_a_machine()
    serve(*connect(), instruments())


def fork_server() -> None:
    from bench.worker import forkserver

    without_a_machine()
    forkserver.import_tensorflow = instruments
    forkserver.main()


def command_line(how: str, words: list[str]) -> None:
    """`cifar-bench` with these words."""
    from bench.__main__ import main
    from bench.runner import block, forkserver, run

    environment.read = lambda: ENVIRONMENT
    block.load_average = lambda: 0.1  # type: ignore[attr-defined]
    block.Stolen.share = lambda self: 0.0  # type: ignore[method-assign]
    this = (sys.executable, __file__)
    forkserver.FORK_SERVER = (*this, "forkserver")
    if how == "executed":
        run.execute = partial(run.execute, command=(*this, "worker"))  # type: ignore[assignment]
    sys.argv = ["cifar-bench", *words]
    main()


if __name__ == "__main__":
    part, *rest = sys.argv[1:]
    if part == "run":
        command_line(rest[0], rest[1:])
    else:
        {"forkserver": fork_server, "worker": worker}[part]()
