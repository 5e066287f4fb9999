"""`accuracy --on`: the same trainings on several machines, a seed to each in turn."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bench.commands.console import aside, results, slowly
from bench.commands.fleet import measured
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.records.training import AccuracyPlan
    from bench.runner.fleet.address import SchedulerAddress
    from bench.runner.fleet.shipping import Fleet
    from cifar_core.cifar10 import Source


def start(
    planned: "Callable[[Source], AccuracyPlan]", data: str, out: Path | None, place: "SchedulerAddress"
) -> tuple[Path, Exit]:
    """Train in a new folder: the folder, and what the command ends with if nothing else is wrong."""
    from bench.records.folders import create_accuracy
    from bench.runner.fleet.seeds import needs
    from bench.runner.fleet.shipping import Fleet
    from cifar_core import cifar10

    if out and (out.parent / "plan.json").exists():
        raise BenchError(f"the accuracies in {out.parent} belong to its machine; leave out --on, or give another --out")
    with slowly(f"reading the data ({data})"):
        plan = planned(cifar10.find(data))
    folder = out or results("accuracy")
    with Fleet(place) as fleet:
        fleet.machines(needs(plan), aside)
        create_accuracy(folder, plan)
        return folder, _execute(folder, fleet)


def resume(folder: Path, place: "SchedulerAddress") -> Exit:
    """Go on in a folder. No images are needed here."""
    from bench.records.folders import open_accuracy
    from bench.records.kinds import refuse_others
    from bench.runner.fleet.seeds import needs
    from bench.runner.fleet.shipping import Fleet

    refuse_others(folder, "accuracy.json")
    with Fleet(place) as fleet:
        fleet.machines(needs(open_accuracy(folder)), aside)
        return _execute(folder, fleet)


def _execute(folder: Path, fleet: "Fleet") -> Exit:
    from bench.runner.fleet.seeds import execute

    go_on = f"cifar-bench accuracy --resume {folder} --on {fleet.address.typed}"
    aside(f"folder: {folder}")
    return measured("seed", go_on, lambda progress: execute(folder, fleet, progress))
