"""One slice: timed, with what the process used meanwhile read right before and after it."""

from dataclasses import dataclass

from bench.machine.counters import Used, memory_bytes, use_begins, used_since
from bench.machine.nvml import GpuLogger
from bench.modes import Trainer
from bench.records.messages import StageRequest
from bench.worker.instruments import Instruments
from bench.worker.slowdown import Slowed
from bench.worker.timer import time_slice


@dataclass(frozen=True, slots=True)
class Slice:
    """Its seconds and its last loss, what the process used meanwhile, and its resident memory afterwards in bytes."""

    seconds: float
    round: int
    steps: int
    loss: float
    used: Used
    memory_after: int


def take_slice(
    trainer: Trainer, request: StageRequest, slowdown: float, gpu: GpuLogger, instruments: Instruments
) -> Slice:
    """Time the request's steps; with a slowdown the case sleeps at their end for that share of their time."""
    clock = instruments.clock
    stepper = Slowed(trainer, slowdown, clock, instruments.sleep) if slowdown else trainer
    begin = use_begins()
    seconds, loss = time_slice(stepper, request.steps, clock)
    used = used_since(begin)
    memory_after = memory_bytes()
    gpu.read_slice()
    return Slice(seconds, request.round, request.steps, loss, used, memory_after)
