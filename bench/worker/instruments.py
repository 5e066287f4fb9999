"""What a case is set up, timed and examined with."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.machine.nvml import GpuLogger
from bench.records.messages import Order
from bench.worker import diagnostics, setup
from bench.worker.diagnostics import Diagnose
from bench.worker.setup import SetUp
from bench.worker.timer import Clock


@dataclass(frozen=True, slots=True)
class Instruments:
    """The real ones, unless a test hands in others.

    `imported_s` is how long the fork server took that imported TensorFlow for this worker.
    """

    set_up: SetUp = setup.set_up
    clock: Clock = time.perf_counter
    diagnose: Diagnose = diagnostics.diagnose
    log_gpu: Callable[[Order], GpuLogger] = setup.log_gpu
    sleep: Callable[[float], None] = time.sleep
    imported_s: float = 0.0
