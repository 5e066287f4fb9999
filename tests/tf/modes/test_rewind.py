"""A trainer put back to its start: the same batches, weights and moments come again, bit for bit."""

import time
from functools import partial
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from builders import ENVIRONMENT, SCHEDULE, a_case

from bench import modes
from bench.modes import Trainer
from bench.modes.graph import GraphTrainer
from bench.records.messages import Order
from bench.worker.first_updates import begin
from bench.worker.replay import FirstUpdates, late, replay
from bench.worker.snapshot import Snapshot
from bench.worker.trained import TrainedSoFar
from cifar_core import pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.optimizers import Adam
from cifar_core.own_batches import OwnBatches
from cifar_core.training import Task, resident_task
from cifar_core.workload import Workload

WORKLOAD = Workload("mlp", 4, "synthetic")
HERE = ["eager", "graph", "function", "function_loop", "keras_fit", "keras_eager"]


def opened(mode: str, **options: Any) -> Trainer:
    batches = pipeline.resident(SYNTHETIC, WORKLOAD.batch_size, 0)
    return modes.load(mode)(partial(resident_task, WORKLOAD, batches), **options)


def losses(trainer: Trainer, steps: int) -> list[float]:
    """Of single steps: Keras' is a mean over a call."""
    found = []
    for _ in range(steps):
        trainer.run(1)
        found.append(trainer.sync())
    return found


def first_updates(trainer: Trainer, count: int = 3) -> FirstUpdates:
    start = Snapshot(trainer)
    first = losses(trainer, count)
    return FirstUpdates(start, Snapshot(trainer), tuple(first), 0.001)


@pytest.mark.parametrize("mode", HERE)
def test_after_a_rewind_the_first_batches_come_again_wherever_in_their_cycle_the_training_was(mode: str) -> None:
    trainer = opened(mode)
    first = first_updates(trainer)
    traces = trainer.traces()
    for steps in (2, 9):  # of eight batches in a cycle
        trainer.run(steps)
        late(trainer, first.start, 3 + steps)
        found = replay(trainer, first, 2, 1)
        assert (found.first.loss, found.first.whole, found.first.most) == (0.0, 0.0, 0.0)
    found = replay(trainer, first, 9, 1)
    assert found.slice
    assert (found.first.whole, found.slice.whole, found.slice.updates) == (0.0, 0.0, 9)
    assert trainer.traces() == traces


@pytest.mark.parametrize("mode", HERE)
def test_a_late_update_is_on_the_batch_that_comes_next_and_leaves_the_state_as_it_was(mode: str) -> None:
    trainer, other = opened(mode), opened(mode)
    start = first_updates(trainer).start
    before = trainer.read(trainer.task.state())
    found, _ = late(trainer, start, 3)
    assert all(map(np.array_equal, before, trainer.read(trainer.task.state())))
    start = Snapshot(other)
    other.run(3)
    start.put_back()
    assert found.last_loss == losses(other, 1)[0]  # the fourth batch, at the first weights
    assert found.updated
    assert (found.updates, found.updated.updates) == (3, 4)
    assert found.updated.off is not None
    assert found.updated.off < 20


@pytest.mark.parametrize(("in_full", "numbers"), [(True, [1, 2]), (False, [1])])
@pytest.mark.parametrize("mode", HERE)
def test_the_first_update_is_recomputed_in_each_repetition_and_the_second_in_the_first(
    mode: str, in_full: bool, numbers: list[int]
) -> None:
    order = Order(a_case(mode), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, in_full=in_full)
    updated = begin(opened(mode), order, "batches", time.perf_counter).evidence.updated
    assert [update.updates for update in updated] == numbers
    assert all(update.off is not None and update.off < 20 for update in updated)


@pytest.mark.parametrize("mode", ["keras_fit", "function_loop"])
@pytest.mark.parametrize("per_call", [2, 4])
def test_with_many_steps_a_call_the_updates_are_counted_right_and_come_again(mode: str, per_call: int) -> None:
    trainer = opened(mode, steps_per_call=per_call)
    first = first_updates(trainer, 5)
    progress, _ = TrainedSoFar(trainer, first.start, 5, per_call=per_call).train(4, lambda: 0.0)
    for _ in range(3):
        progress = progress.before_slice(4, lambda: 0.0)
        trainer.run(4)
        progress = progress.after_slice(4)
    (updates,) = trainer.read([trainer.task.optimizer.iterations])
    assert int(updates) == progress.updates
    late_loss, other = late(trainer, first.start, progress.updates)[0].last_loss, opened(mode, steps_per_call=per_call)
    other.step_again(progress.updates)
    assert late_loss == other.sync()  # on the batch that comes next
    found = replay(trainer, first, 4, per_call)
    assert (found.first.whole, found.retraces) == (0.0, 0)
    assert found.slice
    assert (found.slice.updates, found.slice.whole) == (4, 0.0)


class Shared(tf.Module):
    """Two kernels that begin as one tensor."""

    def __init__(self) -> None:
        super().__init__()
        zeros = tf.zeros([3, 4])
        self.first, self.second = tf.Variable(zeros, name="first"), tf.Variable(zeros, name="second")

    def __call__(self, inputs: Any, training: Any = None) -> Any:
        return inputs @ self.first + 2 * inputs @ self.second


def test_variables_of_one_initial_tensor_each_get_their_own_value_in_a_session() -> None:
    inputs = OwnBatches(lambda: [(np.ones((2, 3), np.float32), np.array([1, 2]))])

    def make_task(*_: Any) -> Task:
        model = Shared()
        return Task(model, Adam(model.trainable_variables), inputs)

    trainer = GraphTrainer(make_task)
    weights = list(trainer.task.weights)
    assert len({id(weight.initializer.inputs[1]) for weight in weights}) == 1
    trainer.write(weights, [np.full((3, 4), 1, np.float32), np.full((3, 4), 2, np.float32)])
    assert [value.mean() for value in trainer.read(weights)] == [1.0, 2.0]
    kept, operations = Snapshot(trainer), len(trainer._graph.get_operations())
    trainer.run(2)
    kept.put_back()
    assert [value.mean() for value in trainer.read(weights)] == [1.0, 2.0]
    assert len(trainer._graph.get_operations()) == operations  # no op was added
