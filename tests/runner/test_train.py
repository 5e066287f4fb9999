"""A training's plan, and its process, with a fake child."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from builders import a_training
from places import SUPPORT

from bench.errors import BenchError
from bench.records.files import read
from bench.records.folders import create_training, open_training
from bench.records.training import Broken
from bench.runner import train
from bench.runner.train import TrainingFailed, TrainingProcess
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_train_worker.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    create_training(tmp_path / "run", a_training("graph", training_steps=200, display_step=100))
    return tmp_path / "run"


def test_a_training_loads_then_gives_each_displayed_step_then_ends(folder: Path) -> None:
    process, heard = TrainingProcess(folder, SYNTHETIC, FAKE), list[str]()
    process.load(heard.append)
    points = [process.advance(), process.advance(), process.advance()]
    process.end()
    assert heard == ["Loading data_batch_1 ..."]
    assert [point.step if point else None for point in points] == [100, 200, None]
    assert [point.step for point in open_training(folder)[1].points] == [100, 200]
    assert not (folder / "broken.json").exists()


def test_a_training_that_fails_leaves_the_reason_which_the_next_one_removes(folder: Path) -> None:
    process = TrainingProcess(folder, SYNTHETIC, (*FAKE, "graph=refuse"))
    with pytest.raises(TrainingFailed, match="no such file"):
        process.load()
    process.end()
    assert read(folder / "broken.json", Broken).message == "no such file"
    TrainingProcess(folder, SYNTHETIC, FAKE).end()
    assert not (folder / "broken.json").exists()


def test_a_plan_takes_the_recipes_own_number_of_steps_unless_told() -> None:
    own, told = (train.plan("eager", "mlp", "tutorial", steps, 100, "synthetic", 3, SYNTHETIC) for steps in (0, 40))
    assert (own.training_steps, told.training_steps) == (own.recipe.steps, 40)
    assert (told.recipe.seed, told.data_name) == (3, "synthetic")


def test_images_other_than_those_it_was_begun_on_are_refused() -> None:
    begun = a_training("eager", data_name="cifar10-0123abcd")
    with pytest.raises(BenchError, match="it was begun on cifar10-0123abcd, found synthetic; type --data"):
        train.source_of(begun, "synthetic")
