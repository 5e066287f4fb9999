"""The child that trains: a training's folder in, one displayed step for each request.

Everything it reaches is in the folder before the parent hears of it.
"""

import time
import traceback
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

import msgspec

from bench import modes
from bench.errors import NotApplicable
from bench.machine.child_end import connect
from bench.records import checkpoints
from bench.records.files import write
from bench.records.folders import open_training
from bench.records.training import Point, Training, TrainOrder, TrainReply
from bench.worker.energy import metered
from cifar_core import cifar10, models
from cifar_core.cifar10 import Dataset
from cifar_core.watch import Watch, timed


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Load, then answer each request with the next displayed step, until the training or the input ends."""

    def answer(reply: TrainReply) -> None:
        out.write(msgspec.json.encode(reply) + b"\n")
        out.flush()

    order = msgspec.json.decode(next(lines), type=TrainOrder)
    try:
        dataset = cifar10.load(order.source, lambda text: answer(TrainReply(said=text)))
        import tensorflow as tf  # here, so that loading it is no part of the first step

        watch = _take_gpu(tf, open_training(Path(order.folder))[0].recipe.precision)
        answer(TrainReply())
        points = _points(order, dataset, watch)
        for _ in lines:
            point = next(points, None)
            answer(TrainReply(point=point, done=point is None))
    except NotApplicable as error:
        answer(TrainReply(failure=str(error), applies=False))
    except Exception as error:  # whatever goes wrong in a training is that training's row, not a crash
        traceback.print_exc()
        answer(TrainReply(failure=_message(error)))


def _points(order: TrainOrder, dataset: Dataset, watch: Watch) -> Iterator[Point]:
    """The training's points, also written as TensorBoard's events where these are asked for."""
    folder = Path(order.folder)
    points = execute(folder, dataset, watch)
    if not order.events:
        return points
    from bench.worker.events import recorded

    _, done = checkpoints.read(folder / "checkpoint.npz")
    return recorded(points, Path(order.events), *open_training(folder), done)


def _take_gpu(tf: Any, precision: str) -> Watch:
    """Trainings that run at once share a GPU: each takes what it needs, and computes in a precision as `run` does.

    What watches the steps: it counts a GPU's joules too, where the GPU does.
    """
    from bench.worker.setup import gpu_of, set_device, set_products

    if not tf.config.list_physical_devices("GPU"):
        return timed
    set_device(tf, "gpu")
    set_products(tf, "gpu", precision)
    return metered(gpu_of("gpu"), time.perf_counter, time.sleep)


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"cannot write to its folder: {error.strerror}; make room, then --resume"
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def execute(folder: Path, dataset: Dataset, watch: Watch = timed) -> Iterator[Point]:
    """Train from the folder's checkpoint, or from the start, to the end; each displayed step is kept, then yielded.

    Raises FloatingPointError when the loss is no longer finite.
    """
    from cifar_core.evaluation import evaluate
    from cifar_core.training import train_model

    training, progress = open_training(folder)
    state, done = checkpoints.read(folder / "checkpoint.npz")
    points = tuple(point for point in progress.points if point.step <= done)
    if done >= training.training_steps:
        return
    start = time.perf_counter()
    trainer = _open_trainer(training, dataset, done, state)
    start_s = progress.start_s + time.perf_counter() - start
    before = points[-1] if points else None
    for display in train_model(trainer, dataset.train, training.training_steps, training.display_step, watch):
        test_loss, test_accuracy = evaluate(trainer, dataset.test, training.recipe.mirrored_test)
        point = Point(
            step=display.step,
            loss=display.loss,
            accuracy=display.accuracy,
            step_s=display.step_s,
            seconds=display.seconds + (before.seconds if before else 0.0),
            first_call_s=display.first_call_s + (before.first_call_s if before else 0.0),
            waited_s=trainer.task.inputs.waited_s + (before.waited_s if before else 0.0),
            test_loss=test_loss,
            test_accuracy=test_accuracy,
            joules=_joules(display.joules, before),
        )
        points = (*points, point)
        write(folder / "points.json", replace(progress, start_s=start_s, points=points))
        checkpoints.keep(folder / "checkpoint.npz", trainer.read(trainer.task.state()), display.step)
        yield point


def _joules(since: float | None, before: Point | None) -> float | None:
    """With those of before it was resumed; None where they were not counted all along."""
    if since is None or (before and before.joules is None):
        return None
    return since + ((before.joules or 0.0) if before else 0.0)


def _open_trainer(training: Training, dataset: Dataset, done: int, state: list[Any]) -> Any:
    from cifar_core.inputs import Streamed
    from cifar_core.training import training_task

    if not modes.row(training.mode).trains:
        raise NotApplicable("its loop cannot take a recipe's pipeline, schedule and masks; it is only timed, by `run`")
    inputs = Streamed(dataset.train, training.recipe, models.row(training.model).units, done)
    trainer = modes.load(training.mode)(partial(training_task, training.model, training.recipe, inputs))
    if state:
        trainer.write(trainer.task.state(), state)
    return trainer


if __name__ == "__main__":
    serve(*connect())
