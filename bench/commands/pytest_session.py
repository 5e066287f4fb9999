"""A session of `pytest bench`: makes a run of the selected tests, or replays one, and gives each test its samples."""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bench.analysis.analyse import analyse
from bench.analysis.learning import learning_beside
from bench.machine import environment, xla_flags
from bench.machine.host_lock import HostLock
from bench.machine.signals import interrupting
from bench.records.case import Case
from bench.records.choices import Options
from bench.records.environment import Environment
from bench.records.run import Plan, Schedule, groups
from bench.records.store import Store
from bench.report.pytest_benchmark.names import View
from bench.report.pytest_benchmark.samples import CaseSamples, case_samples
from bench.runner import earlier, eta, first_look, plan, run
from cifar_core import cifar10

if TYPE_CHECKING:
    from bench.report.run import Report

ONE_STEP = Schedule("one step", blocks=1, rounds=1, warmup_steps=1, slice_s=0.0, steps_per_slice=1)
AGAIN = "run folder: {0}; to show it again: pytest bench --from {0}"
Say = Callable[[str], None]
ShowProgress = Callable[[], AbstractContextManager[run.Progress]]


class PytestSession(Protocol):
    """Where the tests' samples come from. `folder` is the run's, `environment` that of a run made before; else None."""

    plan: Plan
    folder: Path | None
    environment: Environment | None

    def summary(self) -> list[str]:
        """The lines at the end of the session: the results and where they are."""

    def missing_device(self, case: Case) -> str:
        """Which device a case lacks here and what was looked for; '' where it lacks none."""

    def samples_by_test(self, selected: Collection[View], folder: Path, say: Say) -> dict[str, CaseSamples]:
        """The samples that each test shows, by its name. Raises BenchError, and KeyboardInterrupt with all kept."""


class ReplaySession:
    """Replays a run that was made before."""

    def __init__(self, folder: Path) -> None:
        store = Store.open(folder)
        self.folder: Path | None = folder
        self.plan, self._learning = store.plan, learning_beside(folder)
        self._run = analyse(store.plan, store.outcomes(), store.left_out)
        measurements = [outcome.measurement for outcome in self._run.outcomes if outcome.measurement]
        self.environment = measurements[0].environment if measurements else None

    def summary(self) -> list[str]:
        left_out = [f"left out: {line.text}" for line in self._run.left_out]
        return [f"replayed from: {self.folder}", *left_out]

    def missing_device(self, case: Case) -> str:
        return ""

    def samples_by_test(self, selected: Collection[View], folder: Path, say: Say) -> dict[str, CaseSamples]:
        return case_samples(self._run, self._learning)


class TimingSession:
    """Makes a run of the selected cases."""

    def __init__(self, options: Options, one_step: bool, progress: ShowProgress) -> None:
        self._source = cifar10.find(options.data)
        whole_plan = plan.make(options, self._source)
        self.plan = replace(whole_plan, schedule=ONE_STEP) if one_step else whole_plan
        self.folder: Path | None = None
        self.environment: Environment | None = None
        self._one_step, self._progress, self._gpus = one_step, progress, len(environment.gpus())
        self._summary: list[str] = []

    def summary(self) -> list[str]:
        return self._summary

    def missing_device(self, case: Case) -> str:
        kind, _, number = case.device.partition(":")
        if kind != "gpu" or int(number or 0) < self._gpus:
            return ""
        gpus = f"{self._gpus} GPUs" if self._gpus else "no GPU"
        return f"no {case.device} here: `{' '.join(environment.GPU_QUERY)}` found {gpus}"

    def samples_by_test(self, selected: Collection[View], folder: Path, say: Say) -> dict[str, CaseSamples]:
        narrow = narrowed(self.plan, [view.case for view in selected])
        first_look.refuse_broken(narrow, say)
        planned = earlier.with_spreads(narrow, earlier.earlier_runs(folder.parent, narrow))
        with Store.create(folder, planned) as store:
            return self._measured(store, selected, say)

    def _measured(self, store: Store, selected: Collection[View], say: Say) -> dict[str, CaseSamples]:
        from bench.report.run import build

        self.folder = folder = store.folder
        self._announce(store, say)
        try:
            with self._progress() as progress, interrupting():
                stop_reason = run.execute(store, self._source, progress, turn=HostLock(say), say=say)
        except KeyboardInterrupt:
            self._summary = [f"interrupted; go on with: cifar-bench run --resume {folder}"]
            build(store)
            raise
        report = build(store)
        self._summary = self._one_step_lines() if self._one_step else self._result_lines(report, stop_reason)
        return case_samples(report.run, selected=selected)

    def _announce(self, store: Store, say: Say) -> None:
        say(f"data: {self._source.title}\nrun folder: {store.folder}")
        if text := xla_flags.warning():
            say(f"warning: {text}")
        cores = environment.usable_cores(environment.read())
        say(eta.foretell(store.plan, (), cores, run.budget(store.plan.schedule)))

    def _one_step_lines(self) -> list[str]:
        return [f"one step of each case shows that it works, not how fast it is: {self.folder}"]

    def _result_lines(self, report: "Report", stop_reason: str) -> list[str]:
        from bench.report.sections import headline

        sentences = [text.replace("**", "") for text in headline.sentences(report.run)]
        reasons = [stop_reason] if stop_reason else []
        return [*sentences, *reasons, f"report: {report.path}", AGAIN.format(self.folder)]


def narrowed(whole: Plan, selected: Collection[Case]) -> Plan:
    """The plan of these cases alone, each group with its baseline and the A/A control."""
    wanted = set(selected)
    cases = [
        case
        for group in groups(whole).values()
        if wanted & set(group)
        for case in group
        if case in wanted or case in group[:2]
    ]
    return replace(whole, cases=tuple(cases))
