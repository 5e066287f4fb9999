"""Drivers for `explain step` and `explain loop`: each calls one of the suite's functions once, as the modes do.

They use synthetic CIFAR-10: what TensorFlow makes of a step does not depend on the values of the images.
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
    """One call of the training step, with the tutorial's network."""
    train_task = task("tutorial_cnn")
    train_task.step(*next(train_task.inputs.feed()))


def loop() -> None:
    """One call of the loop of the mode `function_loop`, with the small MLP.

    XLA on a CPU needs a minute to compile convolutions in a loop, and seconds to run them.
    """
    # Through the class, where `explain` intercepts the call: the mode itself keeps it in a tf.function.
    LoopTrainer._loss_of_steps(
        LoopTrainer(partial(task, "mlp")), tf.constant(0, tf.int64), tf.constant(STEPS, tf.int64)
    )


def task(model: str) -> Task:
    """A task with a built-in model, batch 64."""
    workload = Workload(model, 64, SYNTHETIC.name)
    return resident_task(workload, pipeline.resident(SYNTHETIC, workload.batch_size, workload.seed))
