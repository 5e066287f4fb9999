"""What several commands say and ask: lines beside the output, where results go, the images a run was measured on."""

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from typer import Option

from bench.commands.heartbeat import Heartbeat
from bench.commands.streams import say, write
from bench.errors import BenchError
from bench.machine.host_lock import HostLock

if TYPE_CHECKING:
    from bench.records.store import Store
    from cifar_core.cifar10 import Source


def source_of(store: "Store", data: str) -> "Source":
    """The images a run was measured on; `data` other than `auto` says where they are now."""
    from cifar_core import cifar10

    with slowly(f"reading the data of {store.folder}"):
        source = cifar10.find(store.plan.data if data == "auto" else data)
    wanted = store.plan.cases[0].workload.data
    if source.name != wanted:
        raise BenchError(f"{store.folder} was measured on {wanted}, found {source.name}; type --data with that folder")
    return source


def aside(text: str) -> None:
    """Say it beside what the command prints, on stderr."""
    say(text, sys.stderr)


@contextlib.contextmanager
def speaking(as_json: bool, quiet: bool) -> Iterator[TextIO]:
    """What is said in the with-block goes to stderr where stdout is for JSON; with `quiet` nothing is said beside it.

    Gives the stream for the result. An error that ends the command is said afterwards.
    """
    out = sys.stdout
    with contextlib.ExitStack() as stack:
        if quiet:
            nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))
            stack.enter_context(contextlib.redirect_stderr(nowhere))
        if as_json:
            stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        yield out


@contextlib.contextmanager
def slowly(text: str) -> Iterator[None]:
    """Say on stderr what is going on in the with-block, once that has taken a while, and again where it goes on."""
    with Heartbeat(text, SLOW_S):
        yield


def warn_of_caches() -> None:
    """Say once what a command that starts processes leaves out of their environment variables."""
    from bench.machine import xla_flags

    if text := xla_flags.warning():
        aside(f"warning: {text}")


SLOW_S = 1.5  # after which a person wonders whether anything happens
JSON = Option("--json", help="One JSON object on stdout; all else goes to stderr.")
QUIET = Option("--quiet", "-q", help="No progress and no notes: the result, and errors.")
TENSORBOARD = Option("--tensorboard", help="Also write TensorBoard's event files, into the folder's tensorboard/.")
WAIT = Option("--wait/--no-wait", help="Wait while another command is timing on this machine, or end with code 2.")


def host_lock(wait: bool, go_on: str = "") -> HostLock:
    """What lets one command time at once. `go_on`: what to type when it was not this command's turn at last."""
    return HostLock(aside, wait, go_on)


def write_json(document: Mapping[str, Any], folder: Path, stream: TextIO) -> None:
    """A document of bench/report's summaries as a command's output: it names its folder, in which its paths are."""
    from bench.report.summary import in_words

    write(in_words({**document, "folder": str(folder)}), stream)


def say_where(report: Path) -> None:
    """The last line of a command: the page, which lies beside report.md."""
    say(f"report: {report.with_name('report.html')}")


def results(name: str) -> Path:
    """Where results go by default."""
    return Path("results") / f"{datetime.now():%Y%m%d-%H%M%S}-{name}"
