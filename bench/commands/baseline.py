"""`baseline`: names for runs that later ones are compared with, as in `compare main results/NEW`."""

from pathlib import Path
from typing import Annotated

import typer

from bench.commands.streams import say
from bench.errors import BenchError, Exit


def baseline(
    name: Annotated[str, typer.Argument(help="The name, e.g. main; without one, all names are listed.")] = "",
    run: Annotated[Path | None, typer.Argument(help="The run that it stands for from now on.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="The name stands for nothing any more.")] = False,
) -> Exit:
    """Name a run that later ones are compared with: baseline main results/RUN, then compare main results/NEW."""
    from bench.records import baselines
    from bench.records.store import Store

    if remove:
        baselines.forget_baseline(name)
    elif run:
        Store.open(run)  # raises where it is not a run
        before = baselines.name_baseline(name, run)
        say(f"{name} is {run} from now on{f' (it was {before})' if before else ''}")
    else:
        _show(baselines.read_baselines().runs, name)
    return Exit.OK


def _show(known: dict[str, str], name: str) -> None:
    if name and name not in known:
        names = f"named are {', '.join(sorted(known))}" if known else "no run is named yet"
        raise BenchError(f"'{name}' is not a baseline, {names}; type cifar-bench baseline {name} results/RUN")
    for each, run in sorted(known.items()):
        if not name or each == name:
            say(f"{each}: {run}")
