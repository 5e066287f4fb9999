"""Every mode does the baseline's work and proves what it is."""

from functools import cache, partial

import numpy as np
import pytest
import tensorflow as tf
from measured import BATCH, measured, once, taken

from bench import modes
from bench.analysis import gradients, validity
from bench.errors import NotApplicable
from bench.modes import MODES, placing
from bench.records.case import Case
from bench.records.run import Measurement
from bench.worker.evidence import sketch
from bench.worker.setup import INPUTS, digest, set_up
from cifar_core import models, pipeline
from cifar_core.batch_file import Part
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.inputs import Streamed, keep
from cifar_core.models import MODELS
from cifar_core.recipe import RECIPES
from cifar_core.training import resident_task, training_task
from cifar_core.workload import Workload

ELSEWHERE = ("autocluster", "xla_cached")  # which need flags before TensorFlow loads
HERE = [
    m.name
    for m in MODES
    if m.name not in ELSEWHERE and not m.peer and not m.replicas and not m.name.startswith("keras_predict")
]

# A step of the XLA loop takes seconds on a CPU where there are convolutions, so resnet9 would take minutes.
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
    case, baseline = measured(mode, model), once("eager", model)
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
    case, baseline = measured(mode, precision=precision), once(precision=precision)
    assert validity.unequal_work(case.evidence, baseline.evidence, precision) == ()
    assert validity.unproven_mode(case) == ()
    exact = once().evidence.first_losses[0]
    assert case.evidence.first_losses[0] != exact
    assert case.evidence.first_losses[0] == pytest.approx(exact, rel=0.02)


@pytest.mark.parametrize("mode", ["graph", "function", "function_loop", "keras_fit", "custom_loop_function"])
def test_modes_agree_on_a_pipeline(mode: str) -> None:
    case, baseline = streamed(mode), streamed_baseline()
    assert validity.unequal_work(case.evidence, baseline.evidence, "float32") == ()
    assert validity.unproven_mode(case) == ()


def streamed(mode: str) -> Measurement:
    return taken(Case(mode, "cpu", 0, Workload("mlp", BATCH, "synthetic", input="pipeline")), set_up)


@cache
def streamed_baseline() -> Measurement:
    return streamed("eager")


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
        _, difference = gradients.largest_gradient_difference(once(mode).evidence.gradients, reference)
        assert difference < 1e-3


def test_the_xla_loop_cannot_hold_a_pipeline_and_says_so() -> None:
    recipe = RECIPES[1]
    part = Part(np.zeros((64, 32, 32, 3), np.uint8), np.zeros(64, np.int32))
    inputs = Streamed(part, recipe, models.MODELS[0].units)
    with pytest.raises(NotApplicable, match="XLA cannot compile the input pipeline"):
        modes.load("xla_loop")(partial(training_task, "tutorial_cnn", recipe, inputs))


def test_weights_are_read_alike_in_every_mode() -> None:
    workload, batches = Workload("tutorial_cnn", BATCH, "synthetic"), pipeline.resident(SYNTHETIC, BATCH, 0)
    read = []
    for mode in HERE:
        trainer = modes.load(mode)(partial(resident_task, workload, batches))
        read.append(trainer.read(trainer.task.weights))
    for weights in read[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(weights, read[0], strict=True))
