"""Synthetic CIFAR-10 and the resident batches."""

from pathlib import Path

import numpy as np
import pytest
from batch_files import write_folder

from cifar_core import cifar10, pipeline, synthetic
from cifar_core.errors import DataError


def test_synthetic_images_have_cifars_form_and_are_the_same_for_the_same_seed() -> None:
    images, labels = synthetic.make(1, count=500)
    assert (images.shape, images.dtype) == ((500, 32, 32, 3), np.uint8)
    assert (labels.shape, labels.dtype) == ((500,), np.int32)
    assert set(labels) == set(range(10))
    again, _ = synthetic.make(1, count=500)
    other, _ = synthetic.make(2, count=500)
    assert np.array_equal(images, again)
    assert not np.array_equal(images, other)


def test_synthetic_images_never_wrap_around_255() -> None:
    own, other = (blend.astype(int) for blend in synthetic._blends())
    noise = 2**synthetic._NOISE_BITS - 1
    brightest = own.max(axis=(1, 2, 3, 4, 5, 6)) + other.max(axis=(1, 2, 3, 4, 5, 6)) + noise
    assert brightest.max() <= 255


def test_resident_batches_are_normalised_seeded_and_without_repeats() -> None:
    batches = pipeline.resident(cifar10.SYNTHETIC, 64, seed=3)
    assert batches.images.shape == (pipeline.RESIDENT_BATCHES, 64, 32, 32, 3)
    assert batches.images.dtype == np.float32
    assert abs(float(batches.images.mean())) < 1
    rows = batches.images.reshape(-1, 3072)
    assert len(np.unique(rows, axis=0)) == len(rows)
    assert np.array_equal(batches.images, pipeline.resident(cifar10.SYNTHETIC, 64, seed=3).images)
    assert not np.array_equal(batches.images, pipeline.resident(cifar10.SYNTHETIC, 64, seed=4).images)


def test_labels_stay_with_their_images(tmp_path: Path) -> None:
    source = cifar10.inspect(write_folder(tmp_path))
    batches = pipeline.resident(source, 10, seed=0)
    known = {
        pipeline.normalise(image).tobytes(): label
        for part in cifar10.TRAIN_PARTS
        for image, label in zip(source.read(part).images, source.read(part).labels, strict=True)
    }
    for images, labels in zip(batches.images, batches.labels, strict=True):
        assert [known[image.tobytes()] for image in images] == labels.tolist()


def test_small_data_gives_fewer_batches_and_too_large_a_batch_is_an_error(tmp_path: Path) -> None:
    source = cifar10.inspect(write_folder(tmp_path))
    assert pipeline.resident(source, 30, seed=0).count == 3
    with pytest.raises(DataError, match="batch size 101 exceeds the 100"):
        pipeline.resident(source, 101, seed=0)


def test_normalising_gives_zero_mean_and_unit_variance_at_cifars_own_statistics() -> None:
    mean = np.round(pipeline.MEAN * 255).astype(np.uint8)
    assert np.abs(pipeline.normalise(mean)).max() < 0.01
