"""Training to an accuracy: the same batches in every mode, checkpoints that resume to the same bits, truthful lines."""

import resource
from collections.abc import Callable
from dataclasses import replace
from functools import cache
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
from cifar_core.optimizers import schedule
from cifar_core.recipe import RECIPES, Recipe

TRAINING = [mode.name for mode in MODES if mode.trains]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return cifar10.inspect(write_folder(tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def dataset(source: Source) -> Dataset:
    return cifar10.load(source)


def a_training(source: Source, mode: str, steps: int = 6, recipe: str = "tuned") -> Training:
    return train.plan(mode, "tutorial_cnn", recipe, steps, 3, str(source.place), 0, source)


@pytest.fixture(scope="module")
def straight(source: Source, dataset: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a mode's training that was not interrupted: one a mode, for all tests of this file."""
    folder = tmp_path_factory.mktemp("straight")

    @cache
    def trained(mode: str) -> Path:
        create_training(folder / mode, a_training(source, mode))
        list(train_worker.execute(folder / mode, dataset))
        return folder / mode

    return trained


def weights_of(folder: Path) -> list[np.ndarray]:
    return checkpoints.read(folder / "checkpoint.npz")[0]


def points_of(folder: Path) -> list[tuple[int, float, float | None]]:
    return [(point.step, point.loss, point.test_accuracy) for point in open_training(folder)[1].points]


@pytest.mark.parametrize("mode", [pytest.param(m, marks=[pytest.mark.slow] * (m == "xla")) for m in TRAINING])
def test_an_interrupted_training_goes_on_to_the_same_bits(
    tmp_path: Path, source: Source, dataset: Dataset, straight: Callable[[str], Path], mode: str
) -> None:
    create_training(tmp_path, a_training(source, mode))
    assert next(train_worker.execute(tmp_path, dataset)).step == 3
    list(train_worker.execute(tmp_path, dataset))
    resumed, done = checkpoints.read(tmp_path / "checkpoint.npz")
    assert done == 6
    assert all(np.array_equal(a, b) for a, b in zip(weights_of(straight(mode)), resumed, strict=True))
    assert points_of(straight(mode)) == points_of(tmp_path)


def test_every_mode_trains_alike(straight: Callable[[str], Path]) -> None:
    """With augmentation, dropout, decay and a schedule: other batches or masks would show in the losses at once."""
    weights = [weights_of(straight(mode)) for mode in TRAINING]
    losses = [[loss for _, loss, _ in points_of(straight(mode))] for mode in TRAINING]
    for others, curve in zip(weights[1:], losses[1:], strict=True):
        assert curve == pytest.approx(losses[0], rel=1e-4)
        assert max(float(np.abs(a - b).mean()) for a, b in zip(weights[0], others, strict=True)) < 2e-5


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
            list(train_worker.execute(tmp_path, dataset))


def test_the_report_tells_what_came_out(straight: Callable[[str], Path]) -> None:
    folder = straight("function")
    before = report.build(folder).read_bytes()
    text = before.decode()
    assert "tuned recipe in tf.function reached" in text
    assert "unofficial copy" in text
    assert (folder / "plots" / "curves.svg").exists()
    assert report.build(folder).read_bytes() == before


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
