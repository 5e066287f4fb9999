"""Every mode on two logical CPU devices, once as it should be and once with an op on the wrong one: where ops ran.

Started as a process of its own, for TensorFlow takes logical devices only before it does anything. Prints JSON.
"""

import json
import sys
from functools import partial
from typing import Any

import tensorflow as tf

from bench import modes
from bench.modes.placement import strangers
from bench.worker import device_costs
from cifar_core import models, pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.inputs import Resident
from cifar_core.optimizers import Adam
from cifar_core.training import Task
from cifar_core.workload import Workload

WORKLOAD = Workload("mlp", 4, "synthetic")


class Astray(Task):
    """Its loss takes a way around over the other device."""

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        loss, updates = super().step(*values)
        with tf.device("CPU:1"):
            return tf.math.tanh(loss), updates


def task(kind: type[Task], *hold: Any) -> Task:
    model = models.load(WORKLOAD.model)(WORKLOAD.seed)
    inputs = Resident(pipeline.resident(SYNTHETIC, WORKLOAD.batch_size, 0), *hold)
    return kind(model, Adam(tuple(model.trainable_variables)), inputs, WORKLOAD.precision)


def placed(mode: str, kind: type[Task]) -> dict[str, Any]:
    trainer = modes.load(mode)(partial(task, kind))
    trainer.trace()
    trainer.run(2)
    trainer.sync()
    trainer.execution()
    found = trainer.placement()
    return {
        "ops": {each.device: each.ops for each in found.placed},
        "strangers": strangers(found, "CPU:0"),
        "transfers": list(found.transfers),
    }


def main(names: list[str]) -> None:
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    ticks = iter(range(10**6))
    json.dump(
        {
            "sound": {name: placed(name, Task) for name in names},
            "astray": {name: placed(name, Astray) for name in names if not name.startswith("keras")},
            "copy_s": device_costs.batch_copy_s(4, lambda: float(next(ticks)), "CPU:1"),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
