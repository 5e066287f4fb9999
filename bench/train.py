"""Train one model to an accuracy in one mode, with checkpoints. Leaves out the step and the loop (cifar_core.training).

training.json      what the training sets out to do
points.json        every displayed step so far
checkpoint.npz     weights, optimizer and step of the last displayed one: from here `--resume` goes on
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from bench import environment, modes
from bench.errors import BenchError, unknown
from bench.records import FORMAT
from bench.store import read, write
from bench.train_records import Point, Progress, Training
from cifar_core import cifar10, models
from cifar_core.cifar10 import Dataset
from cifar_core.recipe import RECIPES

Show = Callable[[Point], None]


def plan(
    mode: str, model: str, recipe: str, steps: int, display_step: int, data: str, seed: int, source: cifar10.Source
) -> Training:
    """The training that these options ask for. Raises BenchError for the first that makes no sense."""
    chosen = {row.name: row for row in RECIPES}.get(recipe)
    if chosen is None:
        raise unknown("recipe", recipe, [row.name for row in RECIPES], "--recipe")
    if mode not in (names := [row.name for row in modes.MODES]):
        raise unknown("mode", mode, names, "--mode")
    if model not in (names := [row.name for row in models.MODELS]):
        raise unknown("model", model, names, "--model")
    if steps < 0 or display_step < 1 or seed < 0:
        raise BenchError("--steps and --seed must be at least 0, --display-step at least 1; type e.g. --steps 1000")
    steps = steps or chosen.steps
    return Training(
        format=FORMAT,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        mode=mode,
        model=model,
        recipe=replace(chosen, seed=seed, steps=steps),
        training_steps=steps,
        display_step=display_step,
        data=data,
        data_name=source.name,
        data_title=source.title,
        synthetic=source.synthetic,
        environment=environment.read(),
    )


def create(folder: Path, training: Training) -> None:
    """A new training's folder. Raises BenchError where there is something, or it cannot be written."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise BenchError(f"{folder} holds other files; type --resume {folder} to go on, or another --out")
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / "training.json", training)
        write(folder / "points.json", Progress(FORMAT, 0.0, ()))
    except OSError as error:
        raise BenchError(f"cannot write to {folder}: {error.strerror}; give another --out") from None


def open_(folder: Path) -> tuple[Training, Progress]:
    """A training that is there, and what has become of it. Raises BenchError."""
    if not os.path.isfile(folder / "training.json"):
        raise BenchError(f"{folder} is no training (it has no training.json); `cifar-bench train` makes one")
    return read(folder / "training.json", Training), read(folder / "points.json", Progress)


def execute(folder: Path, dataset: Dataset, show: Show) -> None:
    """Train from the folder's checkpoint, or from the start, to the end; each displayed step is kept and shown.

    Raises FloatingPointError when the loss is no longer finite.
    """
    from cifar_core.training import evaluate, train_model

    training, progress = open_(folder)
    state, done = _checkpoint(folder / "checkpoint.npz")
    progress = replace(progress, points=tuple(point for point in progress.points if point.step <= done))
    if done >= training.training_steps:
        return
    start = time.perf_counter()
    trainer = _open_trainer(training, dataset, done, state)
    spent_s = progress.points[-1].seconds if progress.points else 0.0
    progress = replace(progress, start_s=progress.start_s + time.perf_counter() - start)
    for display in train_model(trainer, dataset.train, training.training_steps, training.display_step):
        spent_s += display.seconds
        test_loss, test_accuracy = evaluate(trainer, dataset.test)
        point = Point(display.step, display.loss, display.accuracy, display.step_s, spent_s, test_loss, test_accuracy)
        progress = replace(progress, points=(*progress.points, point))
        write(folder / "points.json", progress)
        _keep_checkpoint(folder / "checkpoint.npz", trainer.read(trainer.task.state()), display.step)
        show(point)


def _open_trainer(training: Training, dataset: Dataset, done: int, state: list[Any]) -> Any:
    from cifar_core.inputs import Streamed
    from cifar_core.training import training_task

    inputs = Streamed(dataset.train, training.recipe, models.row(training.model).units, done)
    trainer = modes.load(training.mode)(partial(training_task, training.model, training.recipe, inputs))
    if state:
        trainer.write(trainer.task.state(), state)
    return trainer


def _keep_checkpoint(file: Path, state: list[Any], done: int) -> None:
    """All or nothing: an interruption leaves the checkpoint before."""
    draft = file.with_suffix(".tmp")
    with draft.open("wb") as stream:
        np.savez(stream, np.int64(done), *state)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)


def _checkpoint(file: Path) -> tuple[list[Any], int]:
    """The state and the step reached; nothing and 0 where there is no checkpoint yet. Raises BenchError."""
    if not file.exists():
        return [], 0
    try:
        with np.load(file, allow_pickle=False) as arrays:
            done, *state = (arrays[f"arr_{number}"] for number in range(len(arrays.files)))
    except (OSError, ValueError, KeyError) as error:
        raise BenchError(f"{file} is broken ({error}); delete it and type --resume to start anew") from None
    return state, int(done)


def source_of(training: Training, data: str) -> cifar10.Source:
    """The images this training was begun on; `data` other than `auto` says where they are now. Raises BenchError."""
    source = cifar10.find(training.data if data == "auto" else data)
    if source.name != training.data_name:
        raise BenchError(f"it was begun on {training.data_name}, found {source.name}; type --data with that folder")
    return source
