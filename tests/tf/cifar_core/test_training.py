"""What is trained: the model, the optimizers, the step, and that it learns."""

import numpy as np
import pytest
import tensorflow as tf

from cifar_core import cifar10, models, pipeline
from cifar_core.models.layers import Conv, MaxPool
from cifar_core.optimizers import Adam, SGDMomentum
from cifar_core.training import cross_entropy, floating, resident_task
from cifar_core.workload import Workload


def test_the_tutorial_cnn_has_its_published_shape_and_weights_from_the_seed() -> None:
    model = models.load("tutorial_cnn")(0)
    assert sum(int(np.prod(v.shape)) for v in model.trainable_variables) == 620_362
    assert model(tf.zeros([2, 32, 32, 3])).shape == (2, 10)
    same, other = models.load("tutorial_cnn")(0), models.load("tutorial_cnn")(1)
    assert np.array_equal(model.conv1.kernel, same.conv1.kernel)
    assert not np.array_equal(model.conv1.kernel, other.conv1.kernel)


def test_convolution_and_pooling_match_plain_numpy() -> None:
    rng = np.random.default_rng(0)
    layer = Conv(rng, 2, 3, "conv")
    x = rng.normal(size=(1, 4, 4, 2)).astype(np.float32)
    padded, kernel = np.pad(x[0], ((1, 1), (1, 1), (0, 0))), layer.kernel.numpy()
    expected = np.array(
        [[np.einsum("abc,abcf->f", padded[i : i + 3, j : j + 3], kernel) for j in range(4)] for i in range(4)]
    )
    assert layer(x).numpy()[0] == pytest.approx(np.maximum(expected, 0), abs=1e-5)
    assert MaxPool()(x).numpy()[0, 0, 0] == pytest.approx(x[0, :2, :2].max(axis=(0, 1)))


def test_adam_matches_the_papers_update() -> None:
    weight, gradients = tf.Variable([1.0, -2.0]), [np.array(g, np.float32) for g in ([0.1, -3.0], [0.2, 1.0])]
    optimizer = Adam([weight])
    m = v = np.zeros(2)
    expected = np.array([1.0, -2.0])
    for t, gradient in enumerate(gradients, 1):
        optimizer.apply([tf.constant(gradient)])
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient**2
        expected = expected - 1e-3 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        if t == 1:
            assert optimizer.first_gradients([optimizer.slots[0].numpy()])[0] == pytest.approx(gradient)
    assert weight.numpy() == pytest.approx(expected, rel=1e-5)
    assert int(optimizer.iterations) == 2


def test_sgd_with_momentum_matches_its_formula() -> None:
    weight = tf.Variable([1.0])
    optimizer = SGDMomentum([weight], learning_rate=0.1, momentum=0.9)
    optimizer.apply([tf.constant([2.0])])
    assert optimizer.first_gradients([optimizer.slots[0].numpy()])[0] == pytest.approx([2.0])
    optimizer.apply([tf.constant([1.0])])
    assert weight.numpy() == pytest.approx([1.0 - 0.1 * 2.0 - 0.1 * (0.9 * 2.0 + 1.0)])
    assert int(optimizer.iterations) == 2


def test_the_step_returns_the_loss_before_its_update() -> None:
    batches = pipeline.resident(cifar10.SYNTHETIC, 8, seed=0)
    task = resident_task(Workload("tutorial_cnn", 8, "synthetic"), batches)
    before = float(cross_entropy(batches.labels[3], task.model(batches.images[3])))
    loss, _ = task.step(tf.constant(3))
    assert float(loss) == pytest.approx(before, rel=1e-6)
    assert float(cross_entropy(batches.labels[3], task.model(batches.images[3]))) < before


@pytest.mark.slow
def test_the_tutorial_cnn_learns_the_synthetic_images_but_not_to_perfection() -> None:
    """1,000 steps of 64: between 60 and 90 % on synthetic CIFAR-10's test part, as the real data would have it."""
    source = cifar10.SYNTHETIC
    batches = pipeline.resident(source, 64, seed=0, count=700)
    task = resident_task(Workload("tutorial_cnn", 64, "synthetic"), batches)
    step = tf.function(lambda index: task.step(index)[0], autograph=False)
    for number in range(1000):
        step(tf.constant(number % batches.count))
    test = source.read(cifar10.TEST_PART)
    logits = tf.function(task.model)(pipeline.normalise(test.images[:4000])).numpy()
    assert 0.60 < float(np.mean(logits.argmax(1) == test.labels[:4000])) < 0.90


@pytest.mark.parametrize("model", ["mlp", "tutorial_cnn", "resnet9"])
def test_the_averages_are_what_moves_without_being_trained(model: str) -> None:
    task = resident_task(Workload(model, 4, "synthetic"), pipeline.resident(cifar10.SYNTHETIC, 4, seed=0))
    assert bool(task.averages) is (model == "resnet9")
    assert not {id(v) for v in task.averages} & {id(v) for v in task.weights}
    before = [average.numpy() for average in task.averages]
    task.step(tf.constant(0))
    assert all(not np.array_equal(then, now) for then, now in zip(before, task.averages, strict=True))


def test_a_state_of_whole_numbers_is_no_average() -> None:
    numbers = [tf.Variable(tf.zeros([2], kind)) for kind in (tf.float32, tf.int64, tf.bfloat16, tf.uint32, tf.bool)]
    assert [variable.dtype for variable in floating(numbers)] == [tf.float32, tf.bfloat16]
