"""What the fast recipe is made of: whitening filters, smoothed labels, Nesterov's momentum, mirrored tests."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

from bench import modes
from bench.errors import BenchError
from bench.runner.train import plan
from cifar_core import models
from cifar_core.batch_file import Part
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.evaluation import evaluate
from cifar_core.inputs import Streamed
from cifar_core.optimizers import SGDMomentum, schedule
from cifar_core.recipe import RECIPES
from cifar_core.training import cross_entropy, smoothed, training_task
from cifar_core.whitening import whitening

FAST = RECIPES[-1]
SMALL = replace(FAST, batch_size=8, steps=20, warmup_steps=4)


def a_part(count: int = 40) -> Part:
    rng = np.random.default_rng(0)
    smooth = np.cumsum(rng.normal(size=(count, 32, 32, 3)), axis=2)  # neighbours are alike, as in photographs
    images = np.clip(128 + 12 * smooth, 0, 255).astype(np.uint8)
    return Part(images, rng.integers(0, 10, count).astype(np.int32))


def test_whitening_filters_make_patches_uncorrelated_and_of_equal_size() -> None:
    images = np.random.default_rng(0).normal(size=(50, 16, 16, 3)).astype(np.float32).cumsum(axis=1)
    drawn = np.full((3, 3, 3, 64), 7, np.float32)
    kernel = whitening(images, drawn)
    answers = tf.nn.conv2d(images, kernel, 1, "VALID").numpy().reshape(-1, 64)
    first = answers[:, 0:54:2]
    covariance = np.cov(first, rowvar=False)
    assert np.allclose(covariance, np.diag(np.diag(covariance)), atol=2e-2)
    assert np.diag(covariance).max() == pytest.approx(1, abs=0.05)  # less where EPSILON counts
    assert np.allclose(kernel[..., 1:54:2], -kernel[..., 0:54:2])
    assert (kernel[..., 54:] == 7).all()


def test_smoothed_labels_are_shared_out_over_all_classes() -> None:
    labels, logits = tf.constant([1, 3]), tf.random.stateless_normal([2, 10], [0, 1])
    targets = 0.8 * tf.one_hot(labels, 10) + 0.02
    expected = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(targets, logits))
    assert float(smoothed(0.2)(labels, logits)) == pytest.approx(float(expected), rel=1e-6)
    assert float(smoothed(0.2)(labels, logits)) != pytest.approx(float(cross_entropy(labels, logits)), rel=1e-3)


def test_nesterovs_momentum_looks_ahead_and_decays_kernels_alone() -> None:
    kernel, bias = tf.Variable([[1.0]]), tf.Variable([1.0])
    optimizer = SGDMomentum([kernel, bias], 0.1, 0.9, True, 0.5)
    weight, velocity = 1.0, 0.0
    for _ in range(3):
        optimizer.apply([tf.constant([[2.0]]), tf.constant([2.0])])
        gradient = 2.0 + 0.5 * weight
        velocity = 0.9 * velocity + gradient
        weight -= 0.1 * (gradient + 0.9 * velocity)
    keras = tf.Variable([1.0])
    other = tf.keras.optimizers.SGD(0.1, 0.9, nesterov=True)
    for _ in range(3):
        other.apply_gradients([(tf.constant([2.0]), keras)])
    assert float(kernel[0, 0]) == pytest.approx(weight, rel=1e-6)
    assert float(bias[0]) == pytest.approx(float(keras[0]), rel=1e-6)
    known = {"learning_rate": 0.1, "momentum": 0.9, "nesterov": 1.0, "weight_decay": 0.5}
    assert optimizer.hyperparameters() == known


def test_the_linear_schedule_rises_and_falls_to_zero() -> None:
    rate = schedule(SMALL)
    assert callable(rate)
    rates = [float(rate(tf.constant(float(step)))) for step in (1, 4, 12, 20)]
    assert rates == pytest.approx([0.1, 0.4, 0.2, 0.0], abs=1e-6)


class Lopsided:
    """Believes in class 1 by the left side's brightness, in class 0 by the right side's."""

    def logits(self, images: Any) -> Any:
        left, right = (side.mean(axis=(1, 2, 3)) for side in (images[:, :, :16], images[:, :, 16:]))
        rest = np.full((len(images), 8), -9.0)
        return np.concatenate([right[:, None], left[:, None], rest], axis=1)


def test_mirrored_tests_see_both_sides_alike() -> None:
    images = np.zeros((4, 32, 32, 3), np.uint8)
    images[:, :, :16] = 255
    part = Part(images, np.ones(4, np.int32))
    assert evaluate(Lopsided(), part)[1] == 1.0
    loss, _ = evaluate(Lopsided(), part, mirrored=True)
    mirror = Part(np.ascontiguousarray(images[:, :, ::-1]), part.labels)
    assert loss == pytest.approx(evaluate(Lopsided(), mirror, mirrored=True)[0])
    assert loss > np.log(2) * 0.99


@pytest.mark.parametrize("mode", ["graph", "function"])
def test_every_mode_starts_from_the_whitened_kernel_and_loses_alike(mode: str) -> None:
    eager, other = (trained(name) for name in ("eager", mode))
    assert other == pytest.approx(eager, rel=1e-4)
    plain = trained("eager", whitened=False)
    assert plain[0] != pytest.approx(eager[0], rel=1e-4)


def trained(mode: str, **changes: Any) -> list[float]:
    recipe = replace(SMALL, **changes)
    inputs = Streamed(a_part(), recipe, models.row("resnet9").units)
    trainer, losses = modes.load(mode)(partial(training_task, "resnet9", recipe, inputs)), []
    for _ in range(3):
        trainer.run(1)
        losses.append(trainer.sync())
    return losses


def test_the_recipe_is_refused_for_a_model_without_such_a_convolution() -> None:
    with pytest.raises(BenchError, match="recipe 'fast' is for resnet9, not mlp; type --model resnet9"):
        plan("function", "mlp", "fast", 0, 100, "synthetic", 0, SYNTHETIC)
    assert plan("function", "resnet9", "fast", 0, 100, "synthetic", 0, SYNTHETIC).training_steps == 1560
