"""TensorBoard's event files, read back by TensorBoard's own reader."""

from pathlib import Path

import pytest
from batch_files import write_folder
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from bench.records.folders import ask_for_events, create_training, event_folder, open_training
from bench.records.training import TrainingProgress, TrainOrder
from bench.runner import train
from bench.worker import training as worker
from cifar_core import cifar10
from cifar_core.watch import timed


def scalars(folder: Path) -> dict[str, dict[int, float]]:
    reader = EventAccumulator(str(folder))
    reader.Reload()
    return {tag: {each.step: each.value for each in reader.Scalars(tag)} for tag in reader.Tags()["scalars"]}


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_training_that_was_resumed_has_each_displayed_step_once(tmp_path: Path) -> None:
    source = cifar10.inspect(write_folder(tmp_path))
    dataset, folder = cifar10.load(source), tmp_path / "training"
    create_training(folder, train.plan("function", "mlp", "tuned", 6, 2, str(source.place), 0, source))
    assert event_folder(folder) == ""
    ask_for_events(folder)
    order = TrainOrder(str(folder), source, event_folder(folder))

    first = next(worker._points(order, dataset, timed))
    assert [first.step, *(point.step for point in worker._points(order, dataset, timed))] == [2, 4, 6]

    points = open_training(folder)[1].points
    read = scalars(folder / "tensorboard")
    assert read["accuracy/test"] == pytest.approx({point.step: point.test_accuracy for point in points})
    assert read["loss/training"] == pytest.approx({point.step: point.loss for point in points})
    assert isinstance(open_training(folder)[1], TrainingProgress)
