"""What a run on several machines set out to do, and where each machine's own run is kept.

fleet.json         the plan that each machine got, and the machines' names
machines/<name>/   the run of each, an ordinary run folder
"""

from dataclasses import dataclass
from pathlib import Path

from bench.records.run import Plan

FLEET = "fleet.json"
MACHINE_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"  # it becomes the name of a folder


@dataclass(frozen=True, slots=True)
class FleetPlan:
    """The same plan for each machine, by name."""

    format: int
    created: str
    plan: Plan
    machines: tuple[str, ...]


def machine_folder(folder: Path, name: str) -> Path:
    """Where a machine's run is kept."""
    return folder / "machines" / name
