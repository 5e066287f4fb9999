"""The same run on each machine of a fleet, gathered under one folder."""

from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path

from bench.errors import BenchError
from bench.records.arrivals import settle, take
from bench.records.fleet import FleetPlan, machine_folder
from bench.records.folders import open_fleet
from bench.records.lock import Lock
from bench.records.run import FORMAT, Plan
from bench.runner.earlier import with_spreads
from bench.runner.fleet.offer import Offer, code
from bench.runner.fleet.shipping import PATIENCE_S, Fleet, Unmeasured
from bench.runner.fleet.unit import Unit, UnitResult
from bench.runner.run import Progress


def needs(plan: Plan) -> tuple[str, ...]:
    """What a machine must offer. TensorFlow may be another one: that is among what machines differ in."""
    return f"code={code()}", f"images={plan.cases[0].workload.data}"


def fleet_plan(plan: Plan, machines: Sequence[Offer]) -> FleetPlan:
    """The plan for these machines. What earlier runs here have shown of the spread between runs holds here only.

    Raises BenchError for models and steps of a person's own: plans are shipped, no code.
    """
    if own := next((case.workload.model for case in plan.cases if ":" in case.workload.model), ""):
        raise BenchError(f"--each-machine ships plans, no code, so {own} would be missing there; use --models mlp etc.")
    created = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return FleetPlan(FORMAT, created, with_spreads(plan, ()), tuple(offer.name for offer in machines))


def execute(folder: Path, fleet: Fleet, progress: Progress, patience_s: float = PATIENCE_S) -> list[Unmeasured]:
    """Measure on each machine whose run has not come back yet. Returns those that were not measured.

    Raises BenchError where another process gathers in this folder, or nothing can be written.
    """
    plan = open_fleet(folder)
    with Lock(folder):
        settle(folder)
        left = [name for name in plan.machines if not (machine_folder(folder, name) / "plan.json").exists()]
        units = {Unit(f"run on {name}", plan.plan, (*needs(plan.plan), f"name={name}")): name for name in left}

        def keep(unit: Unit, result: UnitResult) -> None:
            place = machine_folder(Path(), units[unit]).as_posix()
            take(folder, units[unit], {f"{place}/{path}": content for path, content in result.files.items()})

        return fleet.measure(list(units), keep, progress, patience_s) if units else []
