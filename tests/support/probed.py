"""Functions that `probe` is tried on: each fault on its own, and what is sound. Each `drive_` is a driver."""

import os

import numpy as np
import tensorflow as tf

from bench.autograph.explain.child.builtin_drivers import task
from bench.modes.traced import TracedTrainer
from bench.modes.traced_loop import LoopTrainer

losses = []
process = os.getpid()  # another in each mode, and nothing changes it


class Net(tf.Module):
    def __init__(self):
        self.weight = tf.Variable(2.0)
        self.steps = 0

    @tf.function
    def sound(self, x):
        return x * self.weight.assign_add(1.0)

    @tf.function
    def counted(self, x):
        self.steps += 1
        return x * self.weight


@tf.function
def kept(x):
    losses.append(x)
    print("kept", x)  # noqa: T201 - the fault
    return x


@tf.function
def noisy(x):
    return x + np.random.rand()


@tf.function
def grown(n):
    values = tf.TensorArray(tf.float32, 0, dynamic_size=True)
    for i in tf.range(n):
        values = values.write(i, tf.cast(i, tf.float32) * 2)
    return values.stack()


@tf.function
def scaled(x, factor):
    return x * factor


@tf.function(input_signature=[tf.TensorSpec([None])])
def any_length(x):
    return x + 1


@tf.function
def orelse(x):
    for i in [1, 2]:
        x += i
    else:
        x += 10
    return x


def drive_faults():
    """Everything at once: one start of the three processes serves many tests."""
    net, results = Net(), []
    for number in range(4):
        results.append(net.counted(tf.ones([2])))
        results.append(kept(tf.constant(1.0)))
        scaled(tf.ones([2 + number % 2]), 1.0 + number)
        any_length(tf.ones([5 + number]))
        double = tf.function(lambda x: x * 2)
        double(tf.constant(1.0))
    orelse(tf.constant(1))
    return results, noisy(tf.zeros([])), noisy(tf.zeros([])), grown(tf.constant(3))


def drive_ours():
    """The suite's own steps, as the modes call them."""
    step = TracedTrainer(lambda: task("mlp"))
    losses = []
    for _ in range(4):
        step.run(1)
        losses.append(step.sync())
    loop = LoopTrainer(lambda: task("mlp"))
    loop.run(3)
    return losses, loop.sync(), Net().weight


def drive_refused():
    """A graph knows no exception under a test of a tensor."""

    @tf.function
    def told(x):
        if x > 0:
            raise ValueError("not below zero")
        return x

    return told(tf.constant(-1.0))


def rows_of(rows):
    yield from rows


weights = {rows_of: 0.5}  # the text of its key holds an address


def drive_endless():
    """A generator over a dataset, while tracing: for ever (AG604)."""

    @tf.function
    def total(rows):
        result = tf.constant(0, tf.int64)
        for row in rows_of(rows):
            result += row
        return result

    return total(tf.data.Dataset.range(5))


def drive_growing():
    kept = []
    while True:
        kept.append(np.ones(10_000_000))
        tf.constant(len(kept))
