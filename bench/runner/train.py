"""Train one model to an accuracy in one mode, in a process of its own that keeps checkpoints.

training.json      what the training sets out to do
points.json        every displayed step so far
checkpoint.npz     weights, optimizer and step of the last displayed one: from here `--resume` goes on
broken.json        why it did not reach its end, if it did not
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import msgspec

from bench import modes
from bench.errors import BenchError, unknown
from bench.machine import environment
from bench.machine.launcher import command, executed
from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env
from bench.records.files import write
from bench.records.folders import event_folder, open_training
from bench.records.messages import StageRequest
from bench.records.run import FORMAT
from bench.records.training import Broken, Point, Training, TrainOrder, TrainReply
from cifar_core import cifar10, models
from cifar_core.recipe import RECIPES

TRAINER = command("bench.worker.training")
LOAD_S, STEP_S = 600.0, 10.0  # the patience with a process that loads, and with each step, before it is called hung


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
    if chosen.whitened and not models.row(model).whitens:
        fitting = [row.name for row in models.MODELS if row.whitens]
        raise BenchError(f"recipe '{recipe}' is for {', '.join(fitting)}, not {model}; type --model {fitting[0]}")
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


class TrainingFailed(Exception):
    """A training cannot go on; `broken` says why, and is in its folder."""

    def __init__(self, broken: Broken) -> None:
        super().__init__(broken.message)
        self.broken = broken


class TrainingProcess:
    """A training in a process of its own, which trains only while it is asked for the next displayed step."""

    def __init__(
        self, folder: Path, source: cifar10.Source, command: Sequence[str] = TRAINER, events: str = ""
    ) -> None:
        """`events`: the folder for TensorBoard's event files, if they are to be written."""
        self.folder, self._training = folder, open_training(folder)[0]
        (folder / "broken.json").unlink(missing_ok=True)
        self._child = Child(executed(command, child_env(self._training.mode, "any")))
        self.end = self._child.end
        self._child.send(TrainOrder(str(folder.absolute()), source, events))

    def load(self, say: Callable[[str], None] = lambda text: None) -> bool:
        """Wait until images and TensorFlow are loaded; `say` hears of each file. True; else raises TrainingFailed."""
        while text := self._answer(LOAD_S).said:
            say(text)
        return True

    def advance(self) -> Point | None:
        """Train up to the next displayed step; None when the training has ended. Raises TrainingFailed."""
        self._child.send(StageRequest("train"))
        return self._answer(LOAD_S + STEP_S * self._training.display_step).point

    def _answer(self, time_limit_s: float) -> TrainReply:
        try:
            reply = msgspec.json.decode(self._child.receive(time_limit_s), type=TrainReply)
        except Gone as error:
            reply = TrainReply(failure=str(error))
        if reply.failure:
            broken = Broken(FORMAT, reply.failure, self._child.tail(), reply.applies)
            with contextlib.suppress(OSError):  # a full disk is itself a reason to be here
                write(self.folder / "broken.json", broken)
            raise TrainingFailed(broken)
        return reply


def execute(folder: Path, source: cifar10.Source, say: Callable[[str], None], show: Callable[[Point], None]) -> None:
    """Train from the folder's checkpoint, or from the start, to the end. Raises TrainingFailed."""
    process = TrainingProcess(folder, source, events=event_folder(folder))
    try:
        process.load(say)
        while point := process.advance():
            show(point)
    finally:
        process.end()


def source_of(training: Training, data: str) -> cifar10.Source:
    """The images this training was begun on; `data` other than `auto` says where they are now. Raises BenchError."""
    source = cifar10.find(training.data if data == "auto" else data)
    if source.name != training.data_name:
        raise BenchError(f"it was begun on {training.data_name}, found {source.name}; type --data with that folder")
    return source
