"""The command line as Typer knows it: which commands there are, in the order in which --help shows them."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from platform import python_version
from typing import Annotated, Any

import typer

from bench.commands.accuracy import accuracy
from bench.commands.advise import advise
from bench.commands.baseline import baseline
from bench.commands.bisect import bisect_step
from bench.commands.breakeven import breakeven
from bench.commands.check import check
from bench.commands.compare import compare
from bench.commands.data import data
from bench.commands.devices import devices
from bench.commands.explain import explain
from bench.commands.export import export
from bench.commands.faults import version_of
from bench.commands.fleet import fleet
from bench.commands.history import history
from bench.commands.list import list_names
from bench.commands.merge import merge
from bench.commands.probe import probe
from bench.commands.report import report
from bench.commands.rules import rules
from bench.commands.run import run
from bench.commands.selftest import selftest
from bench.commands.streams import say
from bench.commands.train import train
from bench.errors import BenchError, Exit
from bench.machine.signals import exit_code, interrupting

Command = Callable[..., Exit]
COMMANDS: tuple[tuple[str, Command], ...] = (
    ("run", run),
    ("report", report),
    ("breakeven", breakeven),
    ("advise", advise),
    ("compare", compare),
    ("merge", merge),
    ("baseline", baseline),
    ("history", history),
    ("export", export),
    ("selftest", selftest),
    ("train", train),
    ("accuracy", accuracy),
    ("fleet", fleet),
    ("data", data),
    ("devices", devices),
    ("check", check),
    ("probe", probe),
    ("explain", explain),
    ("rules", rules),
    ("list", list_names),
)

# Processes that are sent names as JSON.
STARTING = (run, breakeven, advise, selftest, train, accuracy, fleet, probe, explain)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_versions(asked: bool) -> None:
    if asked:
        say(f"cifar-bench {version_of('cifar-bench')}")
        say(f"TensorFlow {version_of('tensorflow')}\nPython {python_version()}")
        raise typer.Exit


VERSION = typer.Option("--version", is_eager=True, callback=_print_versions, help="Show the versions and exit.")


@app.callback()
def _before(version: Annotated[bool, VERSION] = False) -> None:
    """Measures how much faster your TensorFlow training step runs with tf.function, XLA or Keras on your machine,
    and checks that every mode computes the same thing."""


def _exiting(command: Command) -> Callable[..., None]:
    """The command as Typer wants it: Typer ignores what a function returns, so the exit code is raised.

    An interruption has its own code here already: Typer would make it an error that is told as "Aborted!".
    """

    @wraps(command)
    def exits(*args: Any, **options: Any) -> None:
        if command in STARTING:
            _refuse_bytes(*args, *options.values(), _here(), os.environ.get("CIFAR10_DIR", ""))
        try:
            with interrupting():
                code = command(*args, **options)
        except KeyboardInterrupt as error:
            code = exit_code(error)
        raise typer.Exit(code)

    return exits


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise BenchError("the folder you are in is not there any more; change to another one") from None


def _refuse_bytes(*values: object) -> None:
    """Raises BenchError for a name that is not UTF-8: no process that is started could be told it."""
    for value in values:
        try:
            str(value).encode("utf-8")
        except UnicodeEncodeError:
            raise BenchError(
                f"the name {value} is not UTF-8, as this command needs it; rename it, or use a link"
            ) from None


for _name, _command in COMMANDS:
    app.command(_name)(_exiting(_command))
app.command("bisect-step", hidden=True)(_exiting(bisect_step))  # what `git bisect run` is given
