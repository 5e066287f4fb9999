"""Makes a driver for the user's own model: some training steps, as `run` executes them in every mode."""

import inspect
import sys
from pathlib import Path
from typing import Any

import tensorflow as tf

from bench.autograph.driver import Driver
from bench.worker.setup import own_task
from cifar_core.cifar10 import Source
from cifar_core.outputs import number
from cifar_core.workload import Workload

CALLS = 4  # most faults appear from the second call on


def find_model_driver(source: Source, workload: Workload) -> Driver:
    """The driver. Raises ModelError, Unsuited, and whatever the user's code raises."""
    make_task, _ = own_task(source, workload)
    traced = list[tuple[str, int]]()

    def drive() -> list[float]:
        task = make_task()
        model = getattr(task.model, "model", None)  # a local: the driver's locals are compared when it returns
        traced.extend(_places(model or task.step))

        @tf.function  # type: ignore[untyped-decorator]
        def training_step(*values: Any) -> Any:
            outputs, _ = task.step(*values)
            return outputs

        feed = task.inputs.feed()
        return [number(training_step(*next(feed))) for _ in range(CALLS)]

    name = workload.model.rpartition(":")[0].rstrip(":")
    module = sys.modules[Path(name).stem if name.endswith(".py") else name]
    return Driver(drive, module.__file__ or "", "", traced)


def _places(model: Any) -> list[tuple[str, int]]:
    """File and line of the function that a call of the model runs."""
    call = model if inspect.isfunction(model) else type(model).__call__
    code = getattr(inspect.unwrap(call), "__code__", None)
    return [(code.co_filename, code.co_firstlineno)] if code else []
