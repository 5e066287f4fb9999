"""Makes a driver for the user's own model: some training steps, as `run` executes them in every mode."""

import inspect
import sys
from typing import Any

import tensorflow as tf

from bench.autograph.driver import Driver
from bench.worker.setup import own_task
from cifar_core.cifar10 import Source
from cifar_core.workload import Workload

CALLS = 4  # most faults appear from the second call on


def find_model_driver(source: Source, workload: Workload) -> Driver:
    """The driver. Raises ModelError, Unsuited, and whatever the user's code raises."""
    make_task, _ = own_task(source, workload)
    traced = list[tuple[str, int]]()

    def drive() -> list[float]:
        task = make_task()
        model = task.model.model  # a local, because the driver's locals are compared when it returns
        traced.extend(_places(model))

        @tf.function  # type: ignore[untyped-decorator]
        def training_step(*values: Any) -> Any:
            loss, _ = task.step(*values)
            return loss

        feed = task.inputs.feed()
        return [float(training_step(*next(feed))) for _ in range(CALLS)]

    module = sys.modules[workload.model.partition(":")[0]]
    return Driver(drive, module.__file__ or "", "", traced)


def _places(model: Any) -> list[tuple[str, int]]:
    """File and line of the function that a call of the model runs."""
    call = model if inspect.isfunction(model) else type(model).__call__
    code = getattr(inspect.unwrap(call), "__code__", None)
    return [(code.co_filename, code.co_firstlineno)] if code else []
