"""Training to an accuracy: the same batches in every mode, checkpoints that resume to the same bits, truthful lines."""

import resource
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from batch_files import write_folder

from bench.analysis import learning
from bench.commands import terminal
from bench.errors import BenchError
from bench.modes import MODES
from bench.records import checkpoints
from bench.records.folders import create_accuracy, create_training, open_training
from bench.records.training import Point, Training
from bench.report import training as report
from bench.runner import accuracy, train
from bench.worker import training as train_worker
from cifar_core import cifar10
from cifar_core.batch_file import Part
from cifar_core.cifar10 import Dataset, Source
from cifar_core.inputs import Streamed, augmented
from cifar_core.optimizers import schedule
from cifar_core.recipe import RECIPES, Recipe
from cifar_core.watch import timed

TRAINING = [mode.name for mode in MODES if mode.trains]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return cifar10.inspect(write_folder(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def dataset(source: Source) -> Dataset:
    return cifar10.load(source)


def a_training(source: Source, mode: str, steps: int = 6, recipe: str = "tuned") -> Training:
    return train.plan(mode, "tutorial_cnn", recipe, steps, 3, str(source.place), 0, source)


def trained(folder: Path, training: Training, dataset: Dataset) -> list[np.ndarray]:
    create_training(folder, training)
    list(train_worker.execute(folder, dataset, timed))
    return checkpoints.read(folder / "checkpoint.npz")[0]


@pytest.mark.parametrize("mode", [pytest.param(m, marks=[pytest.mark.slow] * (m == "xla")) for m in TRAINING])
def test_an_interrupted_training_goes_on_to_the_same_bits(
    tmp_path: Path, source: Source, dataset: Dataset, mode: str
) -> None:
    training = a_training(source, mode)
    straight = trained(tmp_path / "straight", training, dataset)

    create_training(tmp_path / "broken", training)
    assert next(train_worker.execute(tmp_path / "broken", dataset, timed)).step == 3
    list(train_worker.execute(tmp_path / "broken", dataset, timed))
    resumed, done = checkpoints.read(tmp_path / "broken" / "checkpoint.npz")
    assert done == 6
    assert all(np.array_equal(a, b) for a, b in zip(straight, resumed, strict=True))
    points = [open_training(tmp_path / name)[1].points for name in ("straight", "broken")]
    assert [(p.step, p.loss, p.test_accuracy) for p in points[0]] == [
        (p.step, p.loss, p.test_accuracy) for p in points[1]
    ]


def test_every_mode_trains_alike(tmp_path: Path, source: Source, dataset: Dataset) -> None:
    """With augmentation, dropout, decay and a schedule: other batches or masks would show in the losses at once."""
    weights, losses = [], []
    for mode in TRAINING:
        weights.append(trained(tmp_path / mode, a_training(source, mode), dataset))
        losses.append([point.loss for point in open_training(tmp_path / mode)[1].points])
    for others, curve in zip(weights[1:], losses[1:], strict=True):
        assert curve == pytest.approx(losses[0], rel=1e-4)
        assert max(float(np.abs(a - b).mean()) for a, b in zip(weights[0], others, strict=True)) < 2e-5


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
    from cifar_core.pipeline import normalise

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


def test_the_cosine_schedule_warms_up_and_ends_at_zero() -> None:
    rate = schedule(Recipe("r", "", 0.1, "cosine", 10, 8, 110, False, 0.0, 0.0))
    assert callable(rate)
    rates = [float(rate(tf.constant(float(step)))) for step in (1, 10, 60, 110)]
    assert rates == pytest.approx([0.01, 0.1, 0.05, 0.0], abs=1e-6)


def test_evaluation_counts_every_image_once(dataset: Dataset) -> None:
    from cifar_core.evaluation import evaluate

    class Oracle:
        def logits(self, images: np.ndarray) -> np.ndarray:
            return np.tile([0.0] * 9 + [1.0], (len(images), 1))

    labels = np.array([9] * 3 + [0] * 4 + [9] * 600, np.int32)
    loss, accuracy = evaluate(Oracle(), Part(np.zeros((607, 32, 32, 3), np.uint8), labels))  # type: ignore[arg-type]
    assert accuracy == pytest.approx(603 / 607)
    total = np.log(9 + np.e)
    assert loss == pytest.approx((603 * (total - 1) + 4 * total) / 607)


def test_a_loss_that_is_not_finite_stops_the_training_loudly(tmp_path: Path, source: Source, dataset: Dataset) -> None:
    training = a_training(source, "function", recipe="tutorial")
    wild = replace(training, recipe=replace(training.recipe, learning_rate=float("nan"), steps=6))
    # JSON holds no NaN: plant it where the file would be read.
    create_training(tmp_path, training)
    with pytest.MonkeyPatch.context() as patch:
        progress = open_training(tmp_path)[1]
        patch.setattr(train_worker, "open_training", lambda _: (wild, progress))
        with pytest.raises(FloatingPointError, match="the loss became nan"):
            list(train_worker.execute(tmp_path, dataset, timed))


def test_the_report_tells_what_came_out(tmp_path: Path, source: Source, dataset: Dataset) -> None:
    trained(tmp_path / "run", a_training(source, "function"), dataset)
    before = report.build(tmp_path / "run").read_bytes()
    text = before.decode()
    assert "tuned recipe in tf.function reached" in text
    assert "unofficial copy" in text
    assert (tmp_path / "run" / "plots" / "curves.svg").exists()
    assert report.build(tmp_path / "run").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("function", "tutorial_cnn", "fancy", 10, 5), "unknown recipe 'fancy'; known: tutorial, tuned"),
        (("fast", "tutorial_cnn", "tuned", 10, 5), "unknown mode 'fast'"),
        (("function", "vgg", "tuned", 10, 5), "unknown model 'vgg'"),
        (("function", "tutorial_cnn", "tuned", -1, 5), "at least 0"),
        (("function", "tutorial_cnn", "tuned", 10, 0), "at least 1"),
    ],
)
def test_bad_options_are_named(source: Source, options: tuple[str, str, str, int, int], said: str) -> None:
    with pytest.raises(BenchError, match=said):
        train.plan(*options, "auto", 0, source)


def test_a_disk_that_fills_up_is_one_line_and_leaves_the_checkpoint_before(tmp_path: Path, source: Source) -> None:
    """A real failing write: the system lets no file of the child grow beyond a tenth of a checkpoint."""
    create_training(tmp_path, a_training(source, "function"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, limits[1]))
    try:
        with pytest.raises(train.TrainingFailed, match="cannot write to its folder: File too large"):
            train.execute(tmp_path, source, lambda text: None, lambda point: None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not (tmp_path / "checkpoint.npz").exists()
    said: list[str] = []
    points: list[Point] = []
    train.execute(tmp_path, source, said.append, points.append)
    assert [point.step for point in points] == [3, 6]
    assert any("data_batch_1" in line for line in said)
    assert not (tmp_path / "broken.json").exists()


def test_a_training_that_diverges_ends_in_its_own_words(tmp_path: Path, source: Source) -> None:
    training = a_training(source, "function", recipe="tutorial")
    create_training(tmp_path, replace(training, recipe=replace(training.recipe, learning_rate=1e30)))
    with pytest.raises(train.TrainingFailed, match="the loss became"):
        train.execute(tmp_path, source, lambda text: None, lambda point: None)


def test_a_mode_that_cannot_follow_a_recipe_says_so_and_nothing_failed(tmp_path: Path, source: Source) -> None:
    create_accuracy(tmp_path / "a", accuracy.plan("keras_fit", 1, 0.9, 0.5, a_training(source, "keras_fit")))
    accuracy.execute(tmp_path / "a", source, terminal.Lines("seed"))
    found = learning.read_learning(tmp_path / "a")
    assert not found.failed
    assert "only timed" in found.baseline.trainings[0].not_applicable


def test_accuracy_trains_real_modes_from_the_same_seed(tmp_path: Path, source: Source) -> None:
    create_accuracy(tmp_path / "a", accuracy.plan("eager,function", 1, 0.9, 0.5, a_training(source, "eager")))
    accuracy.execute(tmp_path / "a", source, terminal.Lines("seed"))
    eager, function = learning.read_learning(tmp_path / "a").modes
    assert not any(trained.broken for mode in (eager, function) for trained in mode.trainings)
    losses = [[point.loss for point in mode.trainings[0].points] for mode in (eager, function)]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    last = eager.trainings[0].points[-1]
    assert 0 < last.waited_s < last.seconds
    assert 0 < last.first_call_s < last.seconds


def test_a_broken_checkpoint_or_a_folder_that_is_taken_is_one_line(tmp_path: Path, source: Source) -> None:
    training = a_training(source, "function")
    create_training(tmp_path / "run", training)
    with pytest.raises(BenchError, match="holds other files"):
        create_training(tmp_path / "run", training)
    (tmp_path / "run" / "checkpoint.npz").write_bytes(b"rubbish")
    with pytest.raises(BenchError, match=r"checkpoint\.npz is broken"):
        checkpoints.read(tmp_path / "run" / "checkpoint.npz")
    with pytest.raises(BenchError, match="no training"):
        open_training(tmp_path)


def test_recipes_are_known_by_name() -> None:
    assert [recipe.name for recipe in RECIPES] == ["tutorial", "tuned", "fast"]
