"""A worker process without TensorFlow: real protocol, fake trainer. `fake_worker.py graph=die` plants a fault."""

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from builders import FakeTrainer

from bench.errors import NotApplicable
from bench.machine.nvml import GpuLogger
from bench.records.messages import Order
from bench.worker.diagnostics import no_diagnostics
from bench.worker.instruments import Instruments
from bench.worker.serve import serve
from bench.worker.setup import Setup
from bench.worker.trained import SETTLING_STEPS

FIRST_TIMED_STEP = 11  # or untimed after a look: five of the curve and five of the warm-up come before
MARKED_STEP = 40  # every worker of a quick run has slices by then


def _fail(steps: int) -> None:
    if steps == FIRST_TIMED_STEP:
        raise RuntimeError("injected failure")


def _die(steps: int) -> None:
    if steps == FIRST_TIMED_STEP:
        os.kill(os.getpid(), signal.SIGKILL)


def _hang(steps: int) -> None:
    if steps == FIRST_TIMED_STEP:
        time.sleep(60)


def _stall(steps: int) -> None:
    """In its fourth slice: a slice has three of the baseline's steps, or six of half their time."""
    if steps == FIRST_TIMED_STEP + SETTLING_STEPS + 3 * 6:
        time.sleep(30)


def _mark(steps: int) -> None:
    """Slow enough to be interrupted; the file `timing` says that this can be done now."""
    if steps >= MARKED_STEP:
        Path("timing").touch()
        time.sleep(0.05)


def _wait(steps: int) -> None:
    """Is deep in a step when it is interrupted."""
    if steps == MARKED_STEP:
        Path("timing").touch()
        time.sleep(600)


def _starve(steps: int) -> None:
    """The system gives it no more memory."""
    if steps == FIRST_TIMED_STEP:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28))
        bytearray(2**30)


def _slow(_: int) -> None:
    time.sleep(0.02)


STEP_S = {"crawl": 0.6, "creep": 2.0}  # on the fake clock
FAULTS: dict[str, Callable[[int], None]] = {
    "fail": _fail, "die": _die, "hang": _hang, "slow": _slow, "stall": _stall,
    "mark": _mark, "wait": _wait, "starve": _starve,
}  # fmt: skip


def set_up_fake(order: Order) -> Setup:
    faults = dict(word.split("=") for word in sys.argv[1:])
    fault = faults.get(order.case.arm, "")
    if fault == "refuse":
        raise RuntimeError("no such device")
    if fault == "inapplicable":
        raise NotApplicable("it holds no such model")
    step_s = 0.02 if order.case.mode == "eager" else STEP_S.get(fault, 0.01)
    nan = float("nan")
    trainer = FakeTrainer(
        order.case.mode,
        step_s=step_s * (1 + 0.001 * ((order.block + len(order.case.arm) // 2) % 3)),
        scale=2.0 if fault == "scaled" else 1.0,
        on_step=FAULTS.get(fault, lambda steps: None),
        loss=(lambda steps: nan if steps > FIRST_TIMED_STEP else 2.3) if fault == "nan" else (lambda steps: 2.3),
    )
    if fault == "uneven":
        trainer.on_step = lambda steps: _sleep(0.02 * random.Random(steps).random())
    opened.append(trainer)

    def make() -> FakeTrainer:
        trainer.clock.now += 0.4 if fault == "dear" else 0.0
        return trainer

    return Setup(make, f"batches{order.number}" if fault == "others" else "batches")


opened: list[FakeTrainer] = []


def _now() -> float:
    return opened[0].clock() if opened else 0.0


def _sleep(seconds: float) -> None:
    opened[0].clock.now += seconds


if __name__ == "__main__":
    # The fake clock belongs to the trainer, which exists only once the case is open.
    instruments = Instruments(set_up_fake, _now, no_diagnostics, lambda order: GpuLogger(None, set), _sleep)
    serve(iter(sys.stdin.buffer.readline, b""), sys.stdout.buffer, instruments)
