"""A unit of work, as it is shipped: one whole run, or one seed in all its modes. `measure` runs on the machine.

The machine measures it as any command there does, in processes of its own and under the lock of its host.
"""

import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import DEVNULL
from typing import Any

from bench.errors import BenchError, Exit
from bench.machine import environment
from bench.machine.launcher import KeptProgram, command
from bench.records.folders import create_accuracy
from bench.records.run import Plan
from bench.records.store import Store
from bench.records.training import AccuracyPlan
from cifar_core.cifar10 import SYNTHETIC, Source

PLUGIN = "cifar-bench"  # the worker's plugin that holds the machine's Host
KEPT = {  # of a unit's folder, by the command that filled it: what cannot be rebuilt. Checkpoints stay on the machine
    "run": ("plan.json", "measurements.jsonl", "interrupted.jsonl"),
    "accuracy": ("trainings/*/training.json", "trainings/*/points.json", "trainings/*/broken.json"),
}
CAME_THROUGH = {Exit.OK, Exit.NOT_ENOUGH_EVIDENCE, Exit.CASE_FAILED}  # its folder holds all that there is to know
WANTED = ("executing", "resumed")  # Dask's words for a task that runs and is waited for
LOOK_S = 1.0  # how often a machine looks whether its unit is still wanted


@dataclass(frozen=True, slots=True)
class Unit:
    """What is shipped. `plan`: of a run, or of one seed's trainings. `needs`: what the machine must offer."""

    title: str
    plan: Plan | AccuracyPlan
    needs: tuple[str, ...]

    @property
    def command(self) -> str:
        """The command that measures it."""
        return "run" if isinstance(self.plan, Plan) else "accuracy"


@dataclass(frozen=True, slots=True)
class UnitResult:
    """What came of a unit on a machine: the files that it left, by their paths; or in one line why there are none."""

    machine: str
    files: dict[str, bytes]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """What a worker knows of its machine: the name in reports, and its images."""

    machine: str
    source: Source


class Unwanted(Exception):
    """Nobody waits for the unit any more, so it was ended."""


def measure(unit: Unit) -> UnitResult:
    """Measure a unit here, in a thread of Dask's worker. What the machine refuses is the result, not an error."""
    from distributed import Reschedule, get_worker

    worker: Any = get_worker()
    host, task = worker.plugins[PLUGIN].host, worker.get_current_task()
    try:
        return measured(unit, host, Path(worker.local_directory), lambda: _is_wanted(worker, task))
    except Unwanted:
        raise Reschedule from None  # whoever wants it after all has it measured again


def measured(unit: Unit, host: Host, scratch: Path, wanted: Callable[[], bool]) -> UnitResult:
    """The same: `scratch` holds a folder for as long as it takes. Raises Unwanted where it is not `wanted` any more."""
    with tempfile.TemporaryDirectory(dir=scratch, prefix="unit-", ignore_cleanup_errors=True) as name:
        folder, errors = Path(name, "measured"), Path(name, "stderr")
        try:
            _prepare(folder, unit.plan, host)
        except BenchError as error:
            return UnitResult(host.machine, {}, str(error))
        code = _run(_words(unit, folder, host), errors, wanted)
        if code not in CAME_THROUGH:
            return UnitResult(host.machine, {}, _reason(code, errors))
        return UnitResult(host.machine, _files(folder, KEPT[unit.command]))


def _prepare(folder: Path, plan: Plan | AccuracyPlan, host: Host) -> None:
    if isinstance(plan, Plan):
        Store.create(folder, plan).close()
        return
    here = replace(plan.training, environment=environment.read(), machine=host.machine)
    create_accuracy(folder, replace(plan, training=here))


def _words(unit: Unit, folder: Path, host: Host) -> tuple[str, ...]:
    """What a person would type here. The images are those of this machine: its command compares their digest."""
    synthetic = unit.plan.synthetic if isinstance(unit.plan, Plan) else unit.plan.training.synthetic
    place = SYNTHETIC.name if synthetic or host.source.place is None else host.source.place
    return (*command("bench"), unit.command, "--resume", str(folder), "--data", place, "--quiet")


def _run(words: tuple[str, ...], errors: Path, wanted: Callable[[], bool]) -> int:
    """Its exit code. Nothing is polled more often than LOOK_S: this process runs beside what is timed."""
    with errors.open("wb") as stream, open(os.devnull, "wb") as out:
        program = KeptProgram(words, dict(os.environ), DEVNULL, out, stream, own_temporary=False)
        ended = threading.Event()
        threading.Thread(target=_wait, args=(program, ended), daemon=True).start()
        while not ended.wait(LOOK_S):
            if not wanted():
                program.kill()
                program.wait()
                raise Unwanted
        return program.wait()


def _wait(program: KeptProgram, ended: threading.Event) -> None:
    program.ends_within(None)
    ended.set()


def _reason(code: int, errors: Path) -> str:
    lines = [line for line in errors.read_text(errors="replace").splitlines() if line.strip()]
    if code == Exit.USAGE and lines:
        return lines[-1].removeprefix("error: ")
    return f"ended with code {code}{f': {lines[-1]}' if lines else ''}"


def _files(folder: Path, patterns: tuple[str, ...]) -> dict[str, bytes]:
    found = sorted(file for pattern in patterns for file in folder.glob(pattern))
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in found}


def _is_wanted(worker: Any, task: Any) -> bool:
    """Whether the scheduler still waits for it: not where the client has gone, or this worker is asked to close."""
    state = worker.state.tasks.get(task)
    return worker.status.name == "running" and state is not None and state.state in WANTED
