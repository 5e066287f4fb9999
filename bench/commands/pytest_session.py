"""What `pytest bench` shows: the samples of a run that is made now, or of one that is there.

Leaves out pytest itself (conftest.py, door_options.py), names (views.py) and what is shown of a case (replay.py). No
TensorFlow.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from bench.analysis.analyse import analyse
from bench.analysis.learning import beside
from bench.machine import environment
from bench.records.case import Case
from bench.records.choices import Options
from bench.records.environment import Environment
from bench.records.run import Plan, Schedule, groups
from bench.records.store import Store
from bench.report.pytest_benchmark.names import View
from bench.report.pytest_benchmark.samples import Shown, shown
from bench.runner import eta, plan, run
from cifar_core import cifar10

ONE_STEP = Schedule("one step", blocks=1, rounds=1, warmup_steps=1, slice_s=0.0, steps_per_slice=1)
AGAIN = "run folder: {0}; to show it again: pytest bench --from {0}"
Say = Callable[[str], None]
ShowProgress = Callable[[], AbstractContextManager[run.Progress]]


class Door(Protocol):
    """Where the samples come from. `folder` is the run's, once there is one."""

    plan: Plan
    folder: Path | None
    environment: Environment | None

    def summary(self) -> list[str]:
        """Where everything lies, in lines."""

    def absent(self, case: Case) -> str:
        """Why a case cannot be measured here, if it cannot; what was looked for."""

    def shown(self, selected: Collection[View], folder: Path, say: Say) -> dict[str, Shown]:
        """What each view's test shows, by its name. Raises BenchError, and KeyboardInterrupt with all kept."""


class Replayed:
    """A run that is there."""

    def __init__(self, folder: Path) -> None:
        store = Store.open(folder)
        self.folder: Path | None = folder
        self.plan, self._run, self._learning = store.plan, analyse(store.plan, store.outcomes()), beside(folder)
        measured = [outcome.measurement for outcome in self._run.outcomes if outcome.measurement]
        self.environment = measured[0].environment if measured else None

    def summary(self) -> list[str]:
        return [f"replayed from: {self.folder}"]

    def absent(self, case: Case) -> str:
        return ""

    def shown(self, selected: Collection[View], folder: Path, say: Say) -> dict[str, Shown]:
        return shown(self._run, self._learning)


class Measured:
    """A run to be made of the selected cases."""

    def __init__(self, options: Options, one_step: bool, progress: ShowProgress) -> None:
        self._source = cifar10.find(options.data)
        made = plan.make(options, self._source)
        self.plan = replace(made, schedule=ONE_STEP) if one_step else made
        self.folder: Path | None = None
        self.environment: Environment | None = None
        self._one_step, self._progress, self._gpus = one_step, progress, len(environment.gpus())
        self._lines: list[str] = []

    def summary(self) -> list[str]:
        return self._lines

    def absent(self, case: Case) -> str:
        kind, _, number = case.device.partition(":")
        if kind != "gpu" or int(number or 0) < self._gpus:
            return ""
        found = f"{self._gpus} GPUs" if self._gpus else "no GPU"
        return f"no {case.device} here: `{' '.join(environment.GPU_QUERY)}` found {found}"

    def shown(self, selected: Collection[View], folder: Path, say: Say) -> dict[str, Shown]:
        from bench.report.run import build
        from bench.report.sections import headline

        store = Store.create(folder, narrowed(self.plan, [view.case for view in selected]))
        self.folder = folder
        say(f"data: {self._source.title}\nrun folder: {folder}")
        cores = environment.usable_cores(environment.read())
        say(eta.foretell(store.plan, (), cores, run.budget(store.plan.schedule)))
        try:
            with self._progress() as progress:
                stopped = run.execute(store, self._source, progress)
        except KeyboardInterrupt:
            self._lines = [f"interrupted; go on with: cifar-bench run --resume {folder}"]
            build(store)
            raise
        built = build(store)
        if self._one_step:
            self._lines = [f"one step of each case shows that it works, not how fast it is: {folder}"]
        else:
            said = [text.replace("**", "") for text in headline.sentences(built.run)]
            self._lines = [*said, *([stopped] if stopped else []), f"report: {built.path}", AGAIN.format(folder)]
        return shown(built.run, selected=selected)


def narrowed(whole: Plan, selected: Collection[Case]) -> Plan:
    """The plan of these cases alone, each group with its baseline and that one's second entry, the noise floor."""
    wanted = set(selected)
    kept = [
        case
        for group in groups(whole).values()
        if wanted & set(group)
        for case in group
        if case in wanted or case in group[:2]
    ]
    return replace(whole, cases=tuple(kept))
