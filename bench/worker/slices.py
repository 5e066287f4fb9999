"""One slice: timed, with what the process used meanwhile read right before and after it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.machine.counters import Used, memory_bytes, use_begins, used_since
from bench.machine.nvml import GpuLogger
from bench.modes import Trainer
from bench.records.case import Case
from bench.records.messages import StageRequest
from bench.worker.instruments import Instruments
from bench.worker.slowdown import slowed
from bench.worker.timer import time_slice


@dataclass(frozen=True, slots=True)
class Slice:
    """Its seconds and its last loss, what the process used meanwhile, and its resident memory afterwards in bytes.

    `tracing_us` of it were spent on tracing any function; `moved` says whether the watched weight has changed.
    """

    seconds: float
    round: int
    steps: int
    loss: float
    used: Used
    memory_after: int
    tracing_us: int
    moved: bool


def take_slice(
    trainer: Trainer, watched: Any, request: StageRequest, case: Case, gpu: GpuLogger, instruments: Instruments
) -> Slice:
    """Time the request's steps, as slow as the case is made on purpose.

    `watched` is the weight that must have changed by the end.
    """
    before, tracing_us = trainer.read([watched])[0], trainer.tracing_us()
    clock = instruments.clock
    stepper = slowed(trainer, case, clock, instruments.sleep)
    begin = use_begins()
    seconds, loss = time_slice(stepper, request.steps, clock)
    used = used_since(begin)
    memory_after = memory_bytes()
    gpu.read_slice()
    traced_us = trainer.tracing_us() - tracing_us
    moved = not np.array_equal(before, trainer.read([watched])[0])
    return Slice(seconds, request.round, request.steps, loss, used, memory_after, traced_us, moved)
