"""The same run on several machines -> each mode's speedup by machine, and whether it depends on the machine.

Step times of two machines are never pooled, nor are their repetitions: each machine's run is analysed by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange, Difference, changes, differences
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import Comparison
from bench.records.fleet import FleetPlan, machine_folder
from bench.records.folders import open_fleet
from bench.records.run import Outcome
from bench.records.store import Store


@dataclass(frozen=True, slots=True)
class SpeedupByMachine:
    """One mode on one machine. `against`: its speedup over the same mode's on the first machine; None on that one."""

    machine: str
    group: GroupResult
    result: CaseResult
    against: Comparison | None


@dataclass(frozen=True, slots=True)
class Machines:
    """What the machines' runs show. `missing`: machines whose run has not come back."""

    plan: FleetPlan
    runs: tuple[NamedRun, ...]
    missing: tuple[str, ...]
    differences: tuple[Difference, ...]
    speedups: tuple[SpeedupByMachine, ...]

    @property
    def depending(self) -> list[SpeedupByMachine]:
        """The speedups that were shown to differ from the first machine's."""
        return [each for each in self.speedups if each.against and _directed(each.against)]

    @property
    def label(self) -> str:
        """The label of every number made on synthetic images; empty for real ones."""
        return " (synthetic images)" if self.plan.plan.synthetic else ""


def read_machines(folder: Path) -> Machines:
    """The runs under a folder, as far as they came back. Raises BenchError for what is not a run or is damaged."""
    plan = open_fleet(folder)
    there = [name for name in plan.machines if (machine_folder(folder, name) / "plan.json").exists()]
    stores = {name: Store.open(machine_folder(folder, name)) for name in there}
    runs = [NamedRun(name, analyse(s.plan, s.outcomes(), s.left_out)) for name, s in stores.items()]
    compared = changes([NamedRun(each.name, _apart(each.run)) for each in runs]) if len(runs) > 1 else []
    missing = tuple(name for name in plan.machines if name not in stores)
    other = tuple(differences(runs)) if len(runs) > 1 else ()
    return Machines(plan, tuple(runs), missing, other, tuple(_speedups(runs, compared)))


def _apart(run: Run) -> Run:
    """Without the times at which repetitions began: runs on two machines are not interleaved, only at once."""
    outcomes = tuple(map(_timeless, run.outcomes))
    return analyse(run.plan, outcomes, run.left_out)


def _timeless(outcome: Outcome) -> Outcome:
    if not outcome.measurement:
        return outcome
    environment = replace(outcome.measurement.environment, at=None)
    return replace(outcome, measurement=replace(outcome.measurement, environment=environment))


def _speedups(runs: Sequence[NamedRun], compared: Sequence[CaseChange]) -> list[SpeedupByMachine]:
    """By group and mode, then by machine, so that what is to be compared stands together."""
    against = {(change.run, change.case.key): change.gain for change in compared}
    every = [
        SpeedupByMachine(named.name, group, result, against.get((named.name, result.case.key)))
        for named in runs
        for group, result in named.run.rows()
        if not result.case.again and result is not group.baseline
    ]
    order = {each.result.case.key: number for number, each in reversed(list(enumerate(every)))}
    return sorted(every, key=lambda each: order[each.result.case.key])


def _directed(comparison: Comparison) -> bool:
    return comparison.verdict.faster or comparison.verdict.slower
