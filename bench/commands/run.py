"""`run`: plan a run, measure it, report it.


Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bench.commands.console import aside, results, source_of
from bench.commands.report import show_run
from bench.errors import Exit
from bench.records.folders import read_probes

if TYPE_CHECKING:
    from bench.records.choices import Options
    from bench.records.store import Store
    from cifar_core.cifar10 import Source


def new_run(options: "Options", out: Path | None, blocks: int | None = None, probe: bool = True) -> Exit:
    """Plan a run, measure it or its first blocks, report it; own models are probed first."""
    from bench.records.store import Store
    from bench.runner import plan
    from cifar_core import cifar10

    source = cifar10.find(options.data)
    return _measure(Store.create(out or results(options.preset), plan.make(options, source)), source, blocks, probe)


def resume_run(folder: Path, data: str, blocks: int | None = None, probe: bool = True) -> Exit:
    """Go on with a run, or with its next blocks; `data` other than `auto` says where its images are now."""
    from bench.records.store import Store

    store = Store.open(folder)
    return _measure(store, source_of(store, data), blocks, probe)


def _measure(store: "Store", source: "Source", blocks: int | None, probe: bool) -> Exit:
    from bench.autograph.probe import own_models as probe_models
    from bench.commands import terminal
    from bench.machine import environment
    from bench.report.run import build
    from bench.runner import eta
    from bench.runner import run as line

    typer.echo(f"data: {source.title}\nrun folder: {store.folder}", err=True)
    cores = environment.usable_cores(environment.read())
    if foretold := eta.foretell(store.plan, store.held(), cores, line.budget(store.plan.schedule)):
        typer.echo(foretold, err=True)
    try:
        probes = probe_models.probe_first(store, source, aside) if probe else read_probes(store.folder)
        refused = probe_models.refused(store.plan, probes)
        with terminal.progress("block") as progress:
            stopped = line.execute(store, source, progress, most_blocks=blocks, refused=refused)
    except KeyboardInterrupt:
        build(store)
        typer.echo(f"interrupted; go on with: cifar-bench run --resume {store.folder}", err=True)
        return Exit.INTERRUPTED
    if stopped:
        typer.echo(f"note: {stopped}", err=True)
    built = build(store)
    show_run(built)
    if built.run.failed:
        return Exit.CASE_FAILED
    return Exit.OK if line.precise(store) else Exit.NOT_ENOUGH_EVIDENCE
