"""Every mode does the baseline's work, proves what it is, and is caught when it does not."""

from functools import partial
from typing import Any

import numpy as np
import psutil
import pytest
import tensorflow as tf
from builders import ENVIRONMENT, SCHEDULE

from bench import modes, validity, worker
from bench.errors import NotApplicable
from bench.messages import Order, Turn
from bench.modes import MODES, Trainer
from bench.records import Case, Measurement
from cifar_core import models, pipeline
from cifar_core.batch_file import Part
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.inputs import Resident, Streamed
from cifar_core.models import MODELS
from cifar_core.optimizers import Adam
from cifar_core.pipeline import Batches
from cifar_core.recipe import RECIPES
from cifar_core.training import Task, resident_task, training_task
from cifar_core.workload import Workload

BATCH = 4
HERE = [mode.name for mode in MODES if mode.name != "autocluster"]  # which needs flags before TensorFlow loads


def measured(
    mode: str, model: str = "tutorial_cnn", make_task: type[Task] = Task, seed: int = 0, slices: int = 2
) -> Measurement:
    """One case taken through the worker's stages in this process: real steps, real proof, few of them."""
    workload = Workload(model, BATCH, "synthetic", seed=seed)
    batches = pipeline.resident(SYNTHETIC, BATCH, 0)

    def open_here(_: Order) -> worker.Opened:
        return lambda: open_trainer(partial(resident, make_task, workload, batches)), "batches"

    open_trainer = modes.load(mode)
    child = worker.Worker(Order(Case(mode, "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC), open_here, tick)
    turns = [Turn("open"), Turn("build"), Turn("warmup", 2), *[Turn("slice", 3)] * slices, Turn("close")]
    measurement = [child.take(turn) for turn in turns][-1].measurement
    assert measurement is not None
    return measurement


def resident(kind: type[Task], workload: Workload, batches: Batches, *hold: Any) -> Task:
    """A resident task of a kind that is wrong on purpose."""
    model = models.load(workload.model)(workload.seed)
    return kind(model, Adam(tuple(model.trainable_variables)), Resident(batches, *hold))


def tick() -> float:
    return 0.0


@pytest.mark.parametrize("model", [row.name for row in MODELS])
@pytest.mark.parametrize("mode", HERE)
def test_one_real_step_of_each_mode_and_model_agrees_with_eager_and_proves_itself(mode: str, model: str) -> None:
    case, baseline = measured(mode, model), measured("eager", model)
    assert validity.unequal_work(case.evidence, baseline.evidence, "float32") == ()
    assert validity.unproven_mode(case) == ()
    assert case.proof.updates == 5 + 2 + 3 + 3
    assert case.last_loss == pytest.approx(baseline.last_loss, rel=0.05)


def test_the_first_gradients_are_those_of_the_step() -> None:
    """Against a gradient taken by hand, not through the optimizer's slots."""
    task = resident_task(Workload("tutorial_cnn", BATCH, "synthetic"), pipeline.resident(SYNTHETIC, BATCH, 0))
    with tf.GradientTape() as tape:
        images, labels, _ = task.inputs.batch(tf.constant(0))
        logits = task.model(images)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    gradients = [gradient.numpy() for gradient in tape.gradient(loss, task.weights)]
    reference = worker.sketch([weight.name for weight in task.weights], gradients)
    for mode in ("eager", "xla"):
        _, difference = validity.largest_gradient_difference(measured(mode).evidence.gradients, reference)
        assert difference < 1e-3


class OneWeightScaled(Task):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.weights[1].assign(self.weights[1] * 1.01)  # [0] is a bias, zero at the start


class ExtraStep(Task):
    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        super().step(*values)
        return super().step(*values)


class Reading(Task):
    """Reads a file in every step, as a pipeline that was not meant to be timed would."""

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        tf.io.read_file(__file__)
        return super().step(*values)


class NaN(Task):
    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        loss, updates = super().step(*values)
        return loss * float("nan"), updates


@pytest.mark.parametrize(
    ("task", "reason"),
    [(OneWeightScaled, "other weights"), (ExtraStep, "first losses|drift|loss"), (NaN, "not finite")],
)
def test_a_deliberately_wrong_mode_is_caught(task: type[Task], reason: str) -> None:
    import re

    wrong, baseline = measured("function", make_task=task), measured("eager")
    reasons = (*validity.unequal_work(wrong.evidence, baseline.evidence, "float32"), *validity.unproven_mode(wrong))
    assert any(re.search(reason, found) for found in reasons), reasons


@pytest.mark.skipif(not hasattr(psutil.Process, "io_counters"), reason="this system does not count it")
@pytest.mark.parametrize("mode", ["eager", "function"])
def test_input_and_output_in_the_clock_is_caught(mode: str) -> None:
    reasons = validity.unproven_mode(measured(mode, make_task=Reading, slices=4))
    assert any("bytes while timed" in reason for reason in reasons), reasons
    assert validity.unproven_mode(measured(mode, slices=4)) == ()


def test_what_cannot_hold_a_task_says_so() -> None:
    recipe = RECIPES[0]
    part = Part(np.zeros((64, 32, 32, 3), np.uint8), np.zeros(64, np.int32))
    inputs = Streamed(part, recipe, models.MODELS[0].units)
    for mode in ("keras_fit", "xla_loop"):
        with pytest.raises(NotApplicable):
            modes.load(mode)(partial(training_task, "tutorial_cnn", recipe, inputs))


def test_an_extra_update_is_counted_by_the_optimizer() -> None:
    assert any(
        "26 updates where 13" in reason for reason in validity.unproven_mode(measured("eager", make_task=ExtraStep))
    )


def test_another_seed_is_other_work() -> None:
    reasons = validity.unequal_work(measured("eager", seed=1).evidence, measured("eager").evidence, "float32")
    assert "it starts from other weights than the baseline" in reasons


def test_an_xla_label_that_compiles_nothing_is_caught() -> None:
    from dataclasses import replace

    function = measured("function")
    mislabelled = replace(function, case=replace(function.case, mode="xla"))
    assert "XLA compiled nothing" in validity.unproven_mode(mislabelled)


def test_a_function_that_retraces_while_timed_is_caught() -> None:
    from bench.modes.function import Function

    class Retracing(Function):
        def run(self, steps: int) -> None:
            for number in range(steps):
                # A Python number is part of a trace's signature: each new one traces anew.
                self._loss = self._step(number + self.calls)
            self.calls += steps

        calls = 0

    batches = pipeline.resident(SYNTHETIC, BATCH, 0)
    workload = Workload("tutorial_cnn", BATCH, "synthetic")

    def open_retracing(_: Order) -> worker.Opened:
        def make() -> Trainer:
            return Retracing(partial(resident_task, workload, batches))

        return make, "batches"

    order = Order(Case("function", "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    child = worker.Worker(order, open_retracing, tick)
    turns = [Turn("open"), Turn("build"), Turn("warmup", 1), Turn("slice", 2), Turn("close")]
    measurement = [child.take(turn) for turn in turns][-1].measurement
    assert measurement is not None
    assert "it retraced 2 times while timed" in validity.unproven_mode(measurement)


def test_weights_are_read_alike_in_every_mode() -> None:
    workload, batches = Workload("tutorial_cnn", BATCH, "synthetic"), pipeline.resident(SYNTHETIC, BATCH, 0)
    read = []
    for mode in HERE:
        trainer = modes.load(mode)(partial(resident_task, workload, batches))
        read.append(trainer.read(trainer.task.weights))
    for weights in read[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(weights, read[0], strict=True))
