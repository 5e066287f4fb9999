"""The folder of a run on two machines, a and b, with made-up times."""

from dataclasses import replace
from pathlib import Path

from builders import ENVIRONMENT
from kept_runs import PLAN, STEPS, a_run

from bench.records.fleet import FleetPlan, machine_folder
from bench.records.folders import create_fleet
from bench.records.run import FORMAT

SLOW = {name: 7 * step_s for name, step_s in STEPS.items()}  # another machine with the same speedups
OTHER = {**SLOW, "function": SLOW["eager"] / 4}  # tf.function 4x there, not 2x


def fleet_folder(folder: Path, blocks: int = 6, **steps: dict[str, float]) -> Path:
    """The runs that have come back, by machine; their repetitions alternate in time."""
    create_fleet(folder, FleetPlan(FORMAT, PLAN.created, PLAN, ("a", "b")))
    for number, (name, of_machine) in enumerate(steps.items()):
        there = replace(ENVIRONMENT, cpu=f"CPU {name}")
        a_run(machine_folder(folder, name), of_machine, blocks, environment=there, first_s=30.0 * number)
    return folder
