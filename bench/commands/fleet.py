"""`fleet`: start the scheduler, or this machine's worker, for `accuracy --on` and `run --each-machine`; list machines.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.commands.console import aside, slowly
from bench.errors import BenchError, Exit, NotMeasured, unknown
from bench.machine.signals import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.commands.terminal import Bar, Lines
    from bench.runner.fleet.address import SchedulerAddress
    from bench.runner.fleet.shipping import Unmeasured

SCHEDULER, WORKER, MACHINES = PARTS = ("scheduler", "worker", "machines")
HERE = "127.0.0.1:8786"
ON = typer.Option(show_default=False, help="Not here, but on the machines of this scheduler: see `fleet`.")
TLS = typer.Option(show_default=False, help="The folder with ca.pem, cert.pem, key.pem of a fleet.")


def fleet(
    part: Annotated[str, typer.Argument(help="scheduler: once; worker: on each machine; machines: lists them.")],
    address: Annotated[str, typer.Argument(help="Where the scheduler listens.")] = HERE,
    tls: Annotated[Path | None, TLS] = None,
    name: Annotated[
        str | None, typer.Option(show_default="its host name", help="What reports call this worker's machine.")
    ] = None,
    data: Annotated[str, typer.Option(help="The worker's images: auto, synthetic, a folder or the archive.")] = "auto",
    scratch: Annotated[
        Path | None, typer.Option(show_default="a temporary one", help="The worker's folder for what it measures.")
    ] = None,
    count: Annotated[
        int, typer.Option(show_default=False, min=0, help="With machines: wait until there are so many.")
    ] = 0,
) -> Exit:
    """Several machines: start their scheduler, or this machine's worker, and leave them running; list them."""
    from bench.runner.fleet.address import understood

    if part not in PARTS:
        raise unknown("part of a fleet", part, [*PARTS], "cifar-bench fleet")
    place = understood(address, tls)
    if part == SCHEDULER:
        from bench.runner.fleet.serving import schedule

        return _ended(schedule(place, aside))
    if part == MACHINES:
        return _machines(place, count)
    return _work(place, name, data, scratch)


def _work(place: "SchedulerAddress", name: str | None, data: str, scratch: Path | None) -> Exit:
    from bench.runner.fleet.offer import host_name, of_this_machine
    from bench.runner.fleet.serving import work
    from bench.runner.fleet.unit import Host
    from cifar_core import cifar10

    with slowly(f"reading the data ({data})"):
        source = cifar10.find(data)
    offer = of_this_machine(name or host_name(), source)
    return _ended(work(place, offer, Host(offer.name, source), scratch, aside))


def _machines(place: "SchedulerAddress", count: int) -> Exit:
    from bench.commands import terminal
    from bench.commands.grid import TerminalTable
    from bench.runner.fleet.shipping import Fleet

    with Fleet(place) as fleet:
        offers = fleet.wait_for(count, aside)
    rows = sorted({(offer.name, offer.images, offer.tensorflow, offer.code) for offer in offers})
    terminal.show_grid(TerminalTable(("machine", "images", "TensorFlow", "cifar-bench"), rows))
    return Exit.OK


def _ended(number: int) -> Exit:
    return Exit(128 + number) if number else Exit.OK


def where(on: str | None, tls: Path | None) -> "SchedulerAddress | None":
    """Where --on and --tls point; None without them. Raises BenchError for what makes no sense."""
    from bench.runner.fleet.address import understood

    if on is None and tls is not None:
        raise BenchError("--tls is for --on; type --on ADDRESS too, or leave it out")
    return None if on is None else understood(on, tls)


def measured(unit: str, go_on: str, execute: "Callable[[Bar | Lines], list[Unmeasured]]") -> Exit:
    """Measure units under their progress: what the command ends with, and in each other case how to go on."""
    from bench.commands import terminal

    try:
        with terminal.progress(unit) as progress:
            failed = execute(progress)
    except KeyboardInterrupt as error:
        aside(f"interrupted; go on with: {go_on}")
        return exit_code(error)
    except NotMeasured as error:
        aside(f"error: {error}; go on with: {go_on}")
        return Exit.CASE_FAILED
    _tell(failed, go_on)
    return Exit.CASE_FAILED if failed else Exit.OK


def _tell(failed: "list[Unmeasured]", go_on: str) -> None:
    """Say on stderr which units no machine measured, and how to go on."""
    for each in failed:
        aside(f"error: {each.unit.title} was not measured: {each.why}")
    if failed:
        aside(f"go on with: {go_on}")
