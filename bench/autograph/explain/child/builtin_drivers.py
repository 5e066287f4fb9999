"""Drivers that call the suite's own functions once, as its modes do, for `explain step` and `explain loop`.

On the look-alike's images: what a step is turned into does not depend on what is in them.
"""

from functools import partial

import tensorflow as tf

from bench.modes.traced_loop import LoopTrainer
from cifar_core import pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import Task, resident_task
from cifar_core.workload import Workload

STEPS = 3  # of the loop


def step() -> None:
    """One call of THE train step, with the tutorial's network."""
    made = task("tutorial_cnn")
    made.step(*next(made.inputs.feed()))


def loop() -> None:
    """One call of the mode `function_loop`'s loop, with the small MLP: XLA on a CPU compiles convolutions in a loop for
    a minute, and then runs them for seconds.
    """
    # Through its class, where `explain` waits for it: the mode itself keeps it in a tf.function.
    LoopTrainer._loss_of_steps(
        LoopTrainer(partial(task, "mlp")), tf.constant(0, tf.int64), tf.constant(STEPS, tf.int64)
    )


def task(model: str) -> Task:
    """A task with a built-in model, batch 64."""
    workload = Workload(model, 64, SYNTHETIC.name)
    return resident_task(workload, pipeline.resident(SYNTHETIC, workload.batch_size, workload.seed))
