"""The options of `pytest bench`, and the door that they open: those of `cifar-bench run`, and `--from`.

Leaves out what is behind it (door.py), and every check of an option's value (plan.py).
"""

import os
from dataclasses import dataclass, fields, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer

from bench.commands.pytest_session import Door, Measured, Replayed
from bench.errors import BenchError
from bench.records.choices import Options
from cifar_core.errors import DataError

PRESET = "quick"  # people who type `pytest bench` want a first look


@dataclass(frozen=True, slots=True)
class Offer:
    """An option of `pytest bench`."""

    name: str
    flags: tuple[str, ...]
    default: str | int | None
    help: str


def offers() -> list[Offer]:
    """Those of `cifar-bench run`, so that names, defaults and words are the same; only the preset is another."""
    from bench.commands.app import app

    wanted = {*(field.name for field in fields(Options)), "out"}
    found = typer.main.get_command(app).commands["run"].params  # type: ignore[attr-defined]
    taken = [Offer(p.name, tuple(p.opts), p.default, _words(p.help)) for p in found if p.name in wanted]
    return [replace(offer, default=PRESET) if offer.name == "preset" else offer for offer in taken]


def _words(text: str) -> str:
    """As pytest's parser wants them, which takes a % for its own."""
    return text.replace("%", "%%").replace("<preset>", "pytest")


def add(parser: pytest.Parser) -> None:
    """Make pytest know them."""
    group = parser.getgroup("cifar-bench", "what `pytest bench` measures: the options of `cifar-bench run`")
    for offer in offers():
        kind: dict[str, Any] = {"type": int if isinstance(offer.default, int) else str}
        if isinstance(offer.default, bool):
            kind = {"action": "store_true"}
        group.addoption(*offer.flags, dest=f"run_{offer.name}", default=offer.default, help=offer.help, **kind)
    group.addoption("--from", dest="run_from", metavar="RUN_DIR", help="Replay the run in this folder, measure nothing")


def one_step(config: pytest.Config) -> bool:
    """`--benchmark-disable`: one real step of each case, to see that it works."""
    return bool(config.getoption("benchmark_disable") and not config.getoption("benchmark_enable"))


def opened(config: pytest.Config) -> Door | None:
    """What the options ask for; None where nobody asked. Raises UsageError with one line."""
    if config.getoption("help") or not _asked_for(config):
        return None
    try:
        _refuse(config)
        return _opened(config)
    except (BenchError, DataError) as error:
        raise pytest.UsageError(str(error)) from None


def _asked_for(config: pytest.Config) -> bool:
    """Whether this folder, or something in it, was typed: `pytest .` comes upon it by the way, and tests only."""
    here = Path(__file__).resolve().parents[1]
    typed = [(config.invocation_params.dir / word.partition("::")[0]).resolve() for word in config.args]
    return any(here in (path, *path.parents) for path in typed)


def _refuse(config: pytest.Config) -> None:
    """What would spoil the measuring, or fail only once all is measured."""
    if os.environ.get("PYTEST_XDIST_WORKER") or config.getoption("dist", "no") != "no":
        raise BenchError("cases take turns and need the machine for themselves; leave out -n")
    if config.getoption("benchmark_histogram") and not find_spec("pygal"):
        raise BenchError("--benchmark-histogram needs pygal; type pip install 'pytest-benchmark[histogram]'")


def _opened(config: pytest.Config) -> Door:
    given = {offer.name: config.getoption(f"run_{offer.name}") for offer in offers()}
    folder = config.getoption("run_from")
    if folder is None:
        from bench.commands import terminal

        options = Options(**{field.name: given[field.name] for field in fields(Options)})
        return Measured(options, one_step(config), partial(terminal.progress, "block"))
    for offer in offers():
        if given[offer.name] != offer.default:
            raise BenchError(f"--from measures nothing: leave out {offer.flags[0]}, or choose among its cases with -k")
    return Replayed(Path(folder))
