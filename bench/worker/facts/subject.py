"""What is observed: one device, a model on it, and the clock to time it with."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench import modes
from bench.machine.nvml import Gpu
from bench.modes import Trainer
from bench.records.case import Case
from bench.worker.setup import INPUTS
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import timed_task
from cifar_core.workload import Workload

WORKLOAD = Workload("tutorial_cnn", 64, SYNTHETIC.name)


@dataclass(frozen=True, slots=True)
class Subject:
    """A device ('cpu', 'gpu:1') as this process sees it; `gpu`: its readings by NVML, None on a CPU or without NVML."""

    device: str
    gpu: Gpu | None = None
    clock: Callable[[], float] = time.perf_counter

    @property
    def on_gpu(self) -> bool:
        """Whether it is a GPU."""
        return self.device != "cpu"

    @property
    def place(self) -> str:
        """TensorFlow's name of it: a process sees one GPU at most, its own, which is its first."""
        return "GPU:0" if self.on_gpu else "CPU:0"

    def trainer(self, mode: str) -> Trainer:
        """The default model in a mode, built again from the same weights on the same synthetic batches."""
        inputs, _ = INPUTS[WORKLOAD.input](SYNTHETIC, WORKLOAD)
        options = {"steps_per_call": 1} if modes.row(mode).loops else {}

        def make_task(*hold: Any) -> Any:
            return timed_task(WORKLOAD, inputs, *hold)

        return modes.load(mode)(make_task, **options)

    def case(self, mode: str) -> Case:
        """The same as a case of a run."""
        return Case(mode, self.device, 0, WORKLOAD)
