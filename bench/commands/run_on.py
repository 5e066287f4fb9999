"""`run --on ADDRESS --each-machine`: the same run on each machine of a fleet, gathered under one folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.commands.console import aside, results, say_where, slowly
from bench.commands.fleet import measured
from bench.errors import BenchError, Exit

if TYPE_CHECKING:
    from bench.records.choices import Options
    from bench.runner.fleet.address import SchedulerAddress
    from bench.runner.fleet.shipping import Fleet

ONE_MACHINE = {  # options of `run` that a run on each machine does not take, and what serves instead
    "accuracy": "type `cifar-bench accuracy --on`",
    "json": "each machine's summary.json has it",
    "trace": "it is for a run that you make on that machine",
    "retry_failed": "remove that machine's folder, and --resume measures it again",
}


def refuse(typed: Mapping[str, Any]) -> None:
    """Raises BenchError for options that do not go together. `typed`: the values of run's parameters by name."""
    if typed["on"] is None:
        option = "--each-machine" if typed["each_machine"] else "--tls"
        raise BenchError(f"{option} is for --on; type --on ADDRESS too, see `cifar-bench fleet --help`")
    if not typed["each_machine"]:
        raise BenchError("--on measures one whole run on each machine; type --each-machine too")
    for option, instead in ONE_MACHINE.items():
        if typed[option]:
            name = option.replace("_", "-")
            raise BenchError(f"--{name} is for a run on one machine; leave it out ({instead})")


def refuse_shipped(run: Path) -> None:
    """Raises BenchError for a run that another machine measured: what is measured here belongs to this one."""
    from bench.records.fleet import FLEET

    whole = run.absolute().parent.parent
    if run.absolute().parent.name == "machines" and (whole / FLEET).exists():
        raise BenchError(
            f"{run} was measured on another machine; remove it and type cifar-bench run --each-machine --resume "
            f"{whole} --on ADDRESS"
        )


def start(options: "Options", out: Path | None, place: "SchedulerAddress") -> Exit:
    """Measure on each machine that is there, into a new folder."""
    from bench.records.folders import create_fleet
    from bench.runner import plan
    from bench.runner.fleet.machines import fleet_plan, needs
    from bench.runner.fleet.shipping import Fleet
    from cifar_core import cifar10

    plan.refuse(options)  # before any images are read
    folder = out or results(f"{options.preset}-machines")
    with slowly(f"reading the data ({options.data})"):
        planned = plan.make(options, cifar10.find(options.data))
    fleet_plan(planned, ())  # what cannot be shipped is refused before anybody is asked
    with Fleet(place) as fleet:
        machines = fleet.machines(needs(planned), aside)
        create_fleet(folder, fleet_plan(planned, machines))
        return _execute(folder, fleet)


def resume(folder: Path, place: "SchedulerAddress") -> Exit:
    """Measure on those of its machines whose run has not come back."""
    from bench.records.kinds import refuse_others
    from bench.runner.fleet.shipping import Fleet

    refuse_others(folder, "fleet.json")
    with Fleet(place) as fleet:
        return _execute(folder, fleet)


def _execute(folder: Path, fleet: "Fleet") -> Exit:
    from bench.runner.fleet.machines import execute

    go_on = f"cifar-bench run --each-machine --resume {folder} --on {fleet.address.typed}"
    aside(f"folder: {folder}")
    code = measured("machine", go_on, lambda progress: execute(folder, fleet, progress))
    return show_machines(folder) if code is Exit.OK else code


def show_machines(folder: Path, png: bool = False) -> Exit:
    """Rebuild the reports of all machines and the one of them together, and print that one's results."""
    from bench.commands import terminal
    from bench.report import machines

    path, found = machines.build(folder, png)
    for sentence in machines.sentences(found):
        terminal.tell(sentence)
    for table in machines.tables(found):
        terminal.show(table, machines.ORDER)
    say_where(path)
    return machines.exit_code(found)
