"""Every mode does the baseline's work, proves what it is, and is caught when it does not."""

import os
from functools import partial
from typing import Any

import numpy as np
import psutil
import pytest
import tensorflow as tf
from builders import ENVIRONMENT, SCHEDULE
from taken import fakes, stages
from taken import taken as taken_through

from bench import modes
from bench.analysis import gradients, validity
from bench.errors import NotApplicable
from bench.modes import MODES, Trainer, placing
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import Measurement
from bench.worker.evidence import sketch
from bench.worker.instruments import Instruments
from bench.worker.setup import INPUTS, SetUp, Setup, digest, set_up
from bench.worker.starting import Closed
from cifar_core import models, pipeline
from cifar_core.batch_file import Part
from cifar_core.cifar10 import SYNTHETIC, TEST_PART
from cifar_core.inputs import Resident, Streamed, keep
from cifar_core.models import MODELS
from cifar_core.optimizers import Adam
from cifar_core.pipeline import Batches
from cifar_core.recipe import RECIPES
from cifar_core.training import Task, evaluate, resident_task, training_task
from cifar_core.workload import Workload

BATCH = 4
ELSEWHERE = ("autocluster", "xla_cached")  # which need flags before TensorFlow loads
HERE = [m.name for m in MODES if m.name not in ELSEWHERE and not m.peer and not m.name.startswith("keras_predict")]


def measured(
    mode: str, model: str = "tutorial_cnn", make_task: type[Task] = Task, slices: int = 2, **changes: Any
) -> Measurement:
    """One case taken through the worker's stages in this process: real steps, real proof, few of them."""
    workload = Workload(model, BATCH, "synthetic", **changes)
    batches = pipeline.resident(SYNTHETIC, BATCH, 0)

    def set_up_here(_: Order) -> Setup:
        return Setup(lambda: open_trainer(partial(resident, make_task, workload, batches)), "batches")

    open_trainer = modes.load(mode)
    return taken(Case(mode, "cpu", 0, workload), set_up_here, slices)


def taken(case: Case, prepare: SetUp, slices: int = 2) -> Measurement:
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    return taken_through(order, fakes(prepare), stages(2, *[3] * slices))[1]


def resident(kind: type[Task], workload: Workload, batches: Batches, *hold: Any) -> Task:
    """A resident task of a kind that is wrong on purpose."""
    model = models.load(workload.model)(workload.seed)
    return kind(model, Adam(tuple(model.trainable_variables)), Resident(batches, *hold), workload.precision)


# A step of the XLA loop takes seconds on a CPU where there are convolutions, so resnet9 would take minutes.
OFTEN = ("graph", "function", "keras_fit")
SLOW = [
    ("xla_loop", "tutorial_cnn"),
    *((mode, "resnet9") for mode in HERE if mode not in ("eager", "function")),
    *(
        (mode, model)
        for mode in HERE
        for model in ("transformer", "gru")
        if mode not in ("graph", "function", "keras_fit")
    ),
]
PAIRS = [
    pytest.param(mode, model.name, marks=[pytest.mark.slow] * ((mode, model.name) in SLOW))
    for mode in HERE
    for model in MODELS
    if (mode, model.name) != ("xla_loop", "resnet9")
]


@pytest.mark.parametrize(("mode", "model"), PAIRS)
def test_one_real_step_of_each_mode_and_model_agrees_with_eager_and_proves_itself(mode: str, model: str) -> None:
    case, baseline = measured(mode, model), measured("eager", model)
    assert validity.unequal_work(case.evidence, baseline.evidence, "float32") == ()
    assert validity.unproven_mode(case) == ()
    assert case.proof.updates == 5 + 2 + 3 + 3 + 3  # three to the first of eight batches
    if not mode.startswith("keras"):  # whose loss is a slice's mean
        assert case.last_loss == pytest.approx(baseline.last_loss, rel=0.05)


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("mode", ["graph", "function", "xla", "keras_fit", "custom_loop", "custom_loop_function"])
def test_modes_agree_in_mixed_precision_and_keep_float32_weights(mode: str, precision: str) -> None:
    if mode not in ("graph", "function", "xla") and precision == "mixed_float16":
        with pytest.raises(NotApplicable, match="Keras scales a float16 loss"):
            measured(mode, precision=precision)
        return
    case, baseline = measured(mode, precision=precision), measured("eager", precision=precision)
    assert validity.unequal_work(case.evidence, baseline.evidence, precision) == ()
    assert validity.unproven_mode(case) == ()
    exact = measured("eager").evidence.first_losses[0]
    assert case.evidence.first_losses[0] != exact
    assert case.evidence.first_losses[0] == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("mode", ["graph", "function", "function_loop", "keras_fit", "custom_loop_function"])
def test_modes_agree_on_a_pipeline(mode: str) -> None:
    workload = Workload("mlp", BATCH, "synthetic", input="pipeline")
    case, baseline = (taken(Case(name, "cpu", 0, workload), set_up) for name in (mode, "eager"))
    assert validity.unequal_work(case.evidence, baseline.evidence, "float32") == ()
    assert validity.unproven_mode(case) == ()


@pytest.mark.parametrize("name", INPUTS)
def test_labels_have_the_form_that_a_gpu_can_hold(name: str) -> None:
    """TensorFlow keeps int32 variables on the host, and each step would fetch its labels from there."""
    make, _ = INPUTS[name](SYNTHETIC, Workload("mlp", BATCH, "synthetic", input=name))
    inputs = make(keep)
    _, labels, _ = inputs.batch(*next(inputs.feed()))
    assert labels.dtype == tf.int64


def test_the_digest_of_batches_is_that_of_kept_runs() -> None:
    """Of the labels' bytes as a batch file has them: runs with other digests are not compared."""
    _, resident = INPUTS["resident"](SYNTHETIC, Workload("tutorial_cnn", 64, "synthetic"))
    assert resident == "1cf76d31c74b35f6"  # as in results/sample-matrix-cpu
    make, streamed = INPUTS["pipeline"](SYNTHETIC, Workload("mlp", BATCH, "synthetic", input="pipeline"))
    images, labels = next(make(keep).feed())
    assert streamed == digest([images.numpy(), labels.numpy().astype(np.int32)])


def test_an_op_on_whole_numbers_is_no_computing_op_wherever_its_variable_lies() -> None:
    """Keras counts its steps in an int32 variable, which TensorFlow keeps on the host."""
    count, weight = tf.Variable(0, dtype=tf.int32), tf.Variable(0.0)
    assert placing.of_eager(lambda: count.assign_add(1)).placed == ()
    assert placing.of_eager(lambda: weight.assign_add(1.0)).placed != ()


def test_moving_averages_are_updated_alike_in_every_mode() -> None:
    workload, batches = Workload("resnet9", 2, "synthetic"), pipeline.resident(SYNTHETIC, 2, 0)
    averages = []
    for mode in ("eager", "graph", "function", "xla"):
        trainer = modes.load(mode)(partial(resident_task, workload, batches))
        trainer.run(2)
        trainer.sync()
        averages.append(np.concatenate(trainer.read(trainer.task.model.non_trainable_variables)))
    assert not np.allclose(averages[0], np.round(averages[0]))
    for others in averages[1:]:
        assert others == pytest.approx(averages[0], rel=1e-2, abs=1e-3)


UNREADABLE = (lambda x: x + 0.0, lambda x: x + 1.0)  # AutoGraph cannot tell lambdas of one line apart


def test_a_function_that_autograph_cannot_read_is_a_fallback_with_its_cause() -> None:
    class Fallback(Task):
        def step(self, *values: Any) -> tuple[Any, list[Any]]:
            loss, updates = super().step(*values)
            return UNREADABLE[0](loss), updates

    (fallback,) = measured("function", "mlp", make_task=Fallback).proof.execution.fallbacks
    assert "could not parse the source code" in fallback
    assert measured("function_unconverted", "mlp", make_task=Fallback).proof.execution.fallbacks == ()


def test_a_loop_takes_whole_calls_of_the_steps_asked_for() -> None:
    workload, batches = Workload("mlp", BATCH, "synthetic"), pipeline.resident(SYNTHETIC, BATCH, 0)
    trainer = modes.load("function_loop")(partial(resident_task, workload, batches), steps_per_call=3)
    trainer.run(7)
    trainer.sync()
    assert int(trainer.read([trainer.task.optimizer.iterations])[0]) == 7
    assert trainer.traces() == 1


def test_the_first_gradients_are_those_of_the_step() -> None:
    """Against a gradient taken by hand, not through the optimizer's slots."""
    task = resident_task(Workload("tutorial_cnn", BATCH, "synthetic"), pipeline.resident(SYNTHETIC, BATCH, 0))
    with tf.GradientTape() as tape:
        images, labels, _ = task.inputs.batch(tf.constant(0))
        logits = task.model(images)
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
    by_hand = [gradient.numpy() for gradient in tape.gradient(loss, task.weights)]
    reference = sketch([weight.name for weight in task.weights], by_hand)
    for mode in ("eager", "xla"):
        _, difference = gradients.largest_gradient_difference(measured(mode).evidence.gradients, reference)
        assert difference < 1e-3


class OneWeightScaled(Task):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.weights[1].assign(self.weights[1] * 1.01)  # [0] is a bias, zero at the start


class ExtraStep(Task):
    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        super().step(*values)
        return super().step(*values)


class Writing(Task):
    """Writes a file in every step, as a log or a checkpoint that was not meant to be timed would."""

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        tf.io.write_file(os.devnull, tf.constant("x" * 20_000))
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
    reasons = validity.unproven_mode(measured(mode, make_task=Writing, slices=4))
    assert any("bytes while timed" in reason for reason in reasons), reasons
    assert validity.unproven_mode(measured(mode, slices=4)) == ()


def test_the_xla_loop_cannot_hold_a_pipeline_and_says_so() -> None:
    recipe = RECIPES[1]
    part = Part(np.zeros((64, 32, 32, 3), np.uint8), np.zeros(64, np.int32))
    inputs = Streamed(part, recipe, models.MODELS[0].units)
    with pytest.raises(NotApplicable, match="XLA cannot compile the input pipeline"):
        modes.load("xla_loop")(partial(training_task, "tutorial_cnn", recipe, inputs))


def test_an_extra_update_is_counted_by_the_optimizer() -> None:
    assert any(
        "32 updates where 16" in reason for reason in validity.unproven_mode(measured("eager", make_task=ExtraStep))
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
    from bench.modes.traced import TracedTrainer

    class Retracing(TracedTrainer):
        def run(self, steps: int) -> None:
            for number in range(steps):
                # A Python number is part of a trace's signature: each new one traces anew.
                self._loss = self._step((number + self.taken) % batches.count)
            self.taken += steps

        taken = 0

    batches = pipeline.resident(SYNTHETIC, BATCH, 0)
    workload = Workload("tutorial_cnn", BATCH, "synthetic")

    def set_up_retracing(_: Order) -> Setup:
        def make() -> Trainer:
            return Retracing(partial(resident_task, workload, batches))

        return Setup(make, "batches")

    order = Order(Case("function", "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    _, measurement = taken_through(order, fakes(set_up_retracing), stages(1, 2))
    retraced = "it retraced 2 times while timed: argument 1 (batch number): Python int "
    assert any(reason.startswith(retraced) for reason in validity.unproven_mode(measurement))


def test_weights_are_read_alike_in_every_mode() -> None:
    workload, batches = Workload("tutorial_cnn", BATCH, "synthetic"), pipeline.resident(SYNTHETIC, BATCH, 0)
    read = []
    for mode in HERE:
        trainer = modes.load(mode)(partial(resident_task, workload, batches))
        read.append(trainer.read(trainer.task.weights))
    for weights in read[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(weights, read[0], strict=True))


@pytest.mark.parametrize("mode", HERE)
def test_a_look_inside_each_mode_sees_its_calls_and_what_became_of_its_step(mode: str) -> None:
    workload = Workload("mlp", BATCH, "synthetic")
    case = Case(mode, "cpu", 0, workload, again=mode == "eager")
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    state, measurement = taken_through(order, Instruments(), stages(2, 3))
    assert measurement.costs
    assert validity.unproven_mode(measurement) == ()  # looking changes nothing that was proven before
    costs, profile, structure = measurement.costs, measurement.costs.profile, measurement.costs.structure
    assert profile
    assert structure
    assert 0 < profile.executing_s < profile.wall_s
    eager = mode in ("eager", "keras_eager", "custom_loop")
    assert profile.calls > 100 if eager else 1 <= profile.calls <= 3 * 10
    assert (costs.trace_s is not None) == (mode.startswith(("function", "xla", "custom_loop_function")))
    assert (structure.fusions is not None) == (mode in ("xla", "xla_loop"))
    assert (costs.matmul_flops_per_s is not None) == (mode == "eager")
    if costs.operations:
        assert costs.operations.operations[0].name == "MatMul"
        assert sum(each.cpu_s for each in costs.operations.operations) <= costs.operations.cpu_s
    assert bool(costs.operations) == (mode != "eager")  # here the A/A control, which is looked into no further
    assert (structure.flops is None) == (mode == "keras_eager")
    if structure.flops is not None:
        # A product of [4, n] and [n, m] is 2 * 4 * n * m; each of five kernels has one forward, one or two backward.
        kernels = 3072 * 128 + 3 * 128 * 128 + 128 * 10
        # Keras' optimizer updates a weight by small operations, which are counted; a fused one counts nothing.
        updates = 12 * 444_170 if mode.startswith(("custom", "keras")) else 0
        assert 2 * 2 * BATCH * kernels < structure.flops < 3.1 * 2 * BATCH * kernels + updates
    if structure.ops_optimised is not None and mode != "function_loop":
        assert 0 < structure.ops_optimised < measurement.proof.execution.graph_ops
    assert isinstance(state, Closed)
    assert_accuracy(measurement, state.trainer)


def assert_accuracy(measurement: Measurement, trainer: Trainer) -> None:
    """It is that of the weights as they are, for eager answers the same with them."""
    found, updates = measurement.accuracy_after, int(trainer.read([trainer.task.optimizer.iterations])[0])
    if measurement.case.again:
        assert found is None
        return
    assert found
    assert (found.images, found.updates) == (1000, updates)
    assert updates >= measurement.proof.updates + measurement.steady.steps_per_slice
    eager = modes.load("eager")(partial(resident_task, measurement.case.workload, pipeline.resident(SYNTHETIC, 4, 0)))
    eager.write(eager.task.weights, trainer.read(trainer.task.weights))
    test = SYNTHETIC.read(TEST_PART)
    _, share = evaluate(eager, Part(test.images[:1000], test.labels[:1000]))
    assert found.share == pytest.approx(share, abs=2 / 1000)
