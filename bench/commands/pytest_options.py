"""The options of `pytest bench`, those of `cifar-bench run` and `--from`; and the session that they ask for."""

import os
from argparse import SUPPRESS
from dataclasses import dataclass, fields, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer

from bench.commands import spelling
from bench.commands.app import app
from bench.commands.pytest_session import PytestSession, ReplaySession, TimingSession
from bench.errors import BenchError
from bench.records.choices import DEFAULTS, Options
from cifar_core.errors import DataError

PYTEST_DEFAULTS = replace(DEFAULTS, preset="quick")  # people who type `pytest bench` want a first look


@dataclass(frozen=True, slots=True)
class PytestOption:
    """An option of `pytest bench`."""

    name: str
    flags: tuple[str, ...]
    default: str | int | None
    help: str


def run_options() -> list[PytestOption]:
    """Those of `cifar-bench run`, so that names, defaults and words are the same; only the preset is another."""
    parameters = typer.main.get_command(app).commands["run"].params  # type: ignore[attr-defined]
    shared = {*_names(), "out"}
    return [
        PytestOption(each.name, tuple(each.opts), getattr(PYTEST_DEFAULTS, each.name, None), _help(each.help))
        for each in parameters
        if each.name in shared
    ]


def _names() -> list[str]:
    return [field.name for field in fields(Options) if field.name != "trace"]  # pytest has a --trace of its own


def _help(text: str) -> str:
    """As pytest's parser needs it: it takes a single % for a placeholder."""
    return text.replace("%", "%%").replace("<preset>", "pytest")


def add(parser: pytest.Parser) -> None:
    """Make the options known to pytest."""
    group = parser.getgroup("cifar-bench", "what `pytest bench` measures: the options of `cifar-bench run`")
    for option in run_options():
        kind: dict[str, Any] = {"type": int if isinstance(option.default, int) else str}
        if isinstance(option.default, bool):
            kind = {"action": "store_true"}
        group.addoption(*option.flags, dest=f"run_{option.name}", default=option.default, help=option.help, **kind)
    for old in spelling.OLD_NAMES:
        group.addoption(f"--{old}", dest=f"run_{old}", default=None, help=SUPPRESS)
    group.addoption("--from", dest="run_from", metavar="RUN_DIR", help="Replay the run in this folder, measure nothing")


def one_step(config: pytest.Config) -> bool:
    """`--benchmark-disable`: one real step of each case, to see that it works."""
    return bool(config.getoption("benchmark_disable") and not config.getoption("benchmark_enable"))


def session(config: pytest.Config) -> PytestSession | None:
    """The session that the options ask for; None where nobody asked. Raises UsageError with one line."""
    if config.getoption("help") or not _asked_for(config):
        return None
    try:
        _refuse(config)
        return _session(config)
    except (BenchError, DataError) as error:
        raise pytest.UsageError(str(error)) from None


def _asked_for(config: pytest.Config) -> bool:
    """Whether this folder, or something in it, was typed: `pytest .` only passes through it, and must not measure."""
    bench = Path(__file__).resolve().parents[1]
    paths = [(config.invocation_params.dir / word.partition("::")[0]).resolve() for word in config.args]
    return any(bench in (path, *path.parents) for path in paths)


def _refuse(config: pytest.Config) -> None:
    """Raises BenchError for options that would disturb the timing, or fail only once all is measured."""
    if os.environ.get("PYTEST_XDIST_WORKER") or config.getoption("dist", "no") != "no":
        raise BenchError("cases take turns and need the machine for themselves; leave out -n")
    if config.getoption("run_hosts"):
        raise BenchError("--hosts: only `cifar-bench run` starts workers on other machines; leave it out")
    if config.getoption("benchmark_histogram") and not find_spec("pygal"):
        raise BenchError("--benchmark-histogram needs pygal; type pip install 'pytest-benchmark[histogram]'")


def _session(config: pytest.Config) -> PytestSession:
    folder = config.getoption("run_from")
    if folder is None:
        from bench.commands import terminal

        return TimingSession(_options(config), one_step(config), partial(terminal.progress, "repetition"))
    flags = {option.name: (option.flags[0], option.default) for option in run_options()}
    for name, (flag, default) in (flags | {old: (f"--{old}", None) for old in spelling.OLD_NAMES}).items():
        if config.getoption(f"run_{name}") != default:
            raise BenchError(f"--from measures nothing: leave out {flag}, or choose among its cases with -k")
    return ReplaySession(Path(folder))


def _options(config: pytest.Config) -> Options:
    """As typed, under new names or old ones, in the spelling of `cifar-bench list`."""
    typed = {name: config.getoption(f"run_{name}") for name in _names()}
    for old, new in spelling.OLD_NAMES.items():
        untyped = getattr(PYTEST_DEFAULTS, new)
        given = None if typed[new] == untyped else typed[new]
        typed[new] = spelling.renamed(old, config.getoption(f"run_{old}"), given) or untyped
    return spelling.understood(Options(**typed))
