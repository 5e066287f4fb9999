"""The step that other tools time, as runs time it: the tutorial CNN in a mode, on synthetic images.

STEP names it: `eager`, or `function:0.03` for a copy that sleeps for 3 % of its own time; MODEL another model.
"""

import os
import time
from collections.abc import Callable
from functools import cache, partial

os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}


@cache
def ready() -> Callable[[], None]:
    """One step to its completion. The first call takes as long as loading, building and tracing."""
    from bench import modes
    from bench.worker.setup import INPUTS
    from bench.worker.slowdown import Slowed
    from cifar_core.cifar10 import SYNTHETIC
    from cifar_core.training import timed_task
    from cifar_core.workload import Workload

    mode, _, share = os.environ["STEP"].partition(":")
    workload = Workload(os.environ.get("MODEL", "tutorial_cnn"), 64, "synthetic")
    inputs, _ = INPUTS["resident"](SYNTHETIC, workload)
    plain = modes.load(mode)(partial(timed_task, workload, inputs))
    trainer = Slowed(plain, float(share), time.perf_counter) if share else plain

    def step() -> None:
        trainer.run(1)
        trainer.sync()

    step()
    return step
