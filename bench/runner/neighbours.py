"""Whether processes on one device disturb each other when one computes and the others are idle, as in a repetition.

A repetition keeps a process for each mode and lets them compute interleaved. Each idle one holds a context on a GPU.
"""

import statistics
from collections.abc import Sequence
from contextlib import ExitStack

from bench.machine import environment
from bench.records.case import Case
from bench.records.choices import PRESETS
from bench.records.facts import DeviceFact
from bench.records.messages import Order, StageRequest
from bench.runner.forkserver import ForkServers
from bench.runner.worker_process import WORKER, CaseFailed, WorkerProcess
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import Workload

PROCESSES = (1, 2, 5)
MODE = "function"
WARM_UP = 20
ROUNDS = 8
SLICE_S = 0.05
CLOSE = 0.05  # what may change between alone and not alone on a GPU; a CPU is not judged, for others may disturb it


def neighbours(device: str, command: Sequence[str] = WORKER) -> DeviceFact:
    """The first process' step: alone, with idle neighbours, interleaved with them, alone again."""
    title = f"{', '.join(map(str, PROCESSES))} processes"
    try:
        steps_s = _steps_s(device, command)
    except CaseFailed as error:
        return DeviceFact(title, str(error).splitlines()[0], False)
    return compared(title, steps_s, judged=device != "cpu")


def compared(title: str, steps_s: Sequence[tuple[str, float]], judged: bool) -> DeviceFact:
    """The first of `steps_s` (what, seconds a step) is what all others are compared with."""
    alone_s = steps_s[0][1]
    found = ", ".join(f"{what} {1e3 * step_s:.2f}" for what, step_s in steps_s)
    apart = max(abs(step_s / alone_s - 1) for _, step_s in steps_s)
    return DeviceFact(title, f"ms a step: {found}; up to {apart:.0%} apart", apart <= CLOSE if judged else None)


def _steps_s(device: str, command: Sequence[str]) -> list[tuple[str, float]]:
    case = Case(MODE, device, 0, Workload("tutorial_cnn", 64, SYNTHETIC.name))
    order = Order(case, 0, PRESETS[0].schedule, environment.read(), SYNTHETIC)
    with ForkServers(command) as servers, ExitStack() as ends:
        servers.open([order])
        workers = []
        for _ in range(max(PROCESSES)):
            workers.append(WorkerProcess(order, servers.start(order)))
            ends.callback(workers[-1].end)
        found = [each for count in PROCESSES for each in _with(workers, count)]
        for worker in workers[1:]:
            worker.end()
        return [*found, ("alone again", _first_step_s(workers[:1]))]


def _with(workers: Sequence[WorkerProcess], count: int) -> list[tuple[str, float]]:
    """So many processes alive on the device: those that are not yet, are set up first."""
    alive = workers[:count]
    for worker in (each for each in alive if not each.step_s):
        worker.take(StageRequest("open"))
        worker.take(StageRequest("build"))
        worker.take(StageRequest("warmup", WARM_UP))
    if count == 1:
        return [("alone", _first_step_s(alive))]
    idle, turns = _first_step_s(alive[:1]), _first_step_s(alive)
    return [(f"{count - 1} idle beside it", idle), (f"interleaved with {count - 1}", turns)]


def _first_step_s(workers: Sequence[WorkerProcess]) -> float:
    """Median seconds a step of the first, while all take slices, interleaved."""
    steps = max(1, round(SLICE_S / workers[0].step_s))
    seconds = []
    for number in range(ROUNDS):
        replies = [worker.take(StageRequest("slice", steps, number)) for worker in workers]
        seconds.append(replies[0].seconds / steps)
    return statistics.median(seconds)
