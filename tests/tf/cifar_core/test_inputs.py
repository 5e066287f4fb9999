"""The streamed batches that are trained on: each image once an epoch, augmented, in an order drawn from the seed."""

import numpy as np
import pytest
import tensorflow as tf
from batch_files import write_folder

from cifar_core import cifar10
from cifar_core.batch_file import Part
from cifar_core.cifar10 import Dataset
from cifar_core.inputs import Streamed, augmented
from cifar_core.pipeline import normalise
from cifar_core.recipe import Recipe


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return cifar10.load(cifar10.inspect(write_folder(tmp_path_factory.mktemp("data"))))


def test_an_epoch_takes_every_image_once_and_each_epoch_has_its_own_order(dataset: Dataset) -> None:
    numbered = Part(dataset.train.images, np.arange(100, dtype=np.int32))
    recipe = Recipe("r", "", 1e-3, "constant", 0, 20, 10, False, 0.0, 0.0, seed=5)
    batches = [labels.numpy() for _, labels in Streamed(numbered, recipe, 256).dataset().take(10)]
    first, second = np.concatenate(batches[:5]), np.concatenate(batches[5:])
    assert sorted(first) == sorted(second) == list(range(100))
    assert first.tolist() != second.tolist()
    later = [labels.numpy() for _, labels in Streamed(numbered, recipe, 256, first_step=7).dataset().take(3)]
    assert np.array_equal(later, batches[7:])


def test_labels_stay_with_their_images_and_no_augmentation_changes_nothing(dataset: Dataset) -> None:
    recipe = Recipe("r", "", 1e-3, "constant", 0, 20, 10, False, 0.0, 0.0)
    images, labels = next(Streamed(dataset.train, recipe, 256).feed())
    known = {int(label): [] for label in range(10)}
    for image, label in zip(normalise(dataset.train.images), dataset.train.labels, strict=True):
        known[int(label)].append(image)
    for image, label in zip(images.numpy(), labels.numpy(), strict=True):
        assert any(np.allclose(image, candidate, atol=1e-5) for candidate in known[int(label)])


def test_augmented_images_are_crops_of_their_padded_self_flipped_or_not() -> None:
    images = np.random.default_rng(0).normal(size=(6, 32, 32, 3)).astype(np.float32)
    result = augmented(tf.constant(images), 3, tf.constant(11, tf.int64)).numpy()
    assert np.array_equal(result, augmented(tf.constant(images), 3, tf.constant(11, tf.int64)).numpy())
    assert not np.array_equal(result, augmented(tf.constant(images), 3, tf.constant(12, tf.int64)).numpy())
    for image, changed in zip(images, result, strict=True):
        crops = (
            np.pad(side, ((4, 4), (4, 4), (0, 0)))[y : y + 32, x : x + 32]
            for side in (image, image[:, ::-1])
            for y in range(9)
            for x in range(9)
        )
        assert any(np.array_equal(changed, crop) for crop in crops)


def test_dropout_keeps_its_share_and_the_mean_and_changes_with_the_step(dataset: Dataset) -> None:
    recipe = Recipe("r", "", 1e-3, "constant", 0, 50, 10, False, 0.3, 0.0)
    (*_, first), (*_, second) = Streamed(dataset.train, recipe, 256).dataset().take(2)
    assert float(tf.reduce_mean(first)) == pytest.approx(1.0, abs=0.02)
    assert float(tf.reduce_mean(tf.cast(first == 0, tf.float32))) == pytest.approx(0.3, abs=0.02)
    assert not np.array_equal(first, second)


def test_the_first_epochs_of_a_recipe_may_be_plain(dataset: Dataset) -> None:
    plain = Recipe("r", "", 1e-3, "constant", 0, 20, 20, False, 0.0, 0.0)
    later = Recipe("r", "", 1e-3, "constant", 0, 20, 20, True, 0.3, 0.0, plain_epochs=2)
    values = zip(
        Streamed(dataset.train, plain, 256).dataset().take(12),
        Streamed(dataset.train, later, 256).dataset().take(12),
        strict=True,
    )
    alike = [(np.array_equal(a, b), bool(np.all(mask == 1))) for (a, _), (b, _, mask) in values]
    assert alike == [(True, True)] * 10 + [(False, False)] * 2
