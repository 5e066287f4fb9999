"""What ends a command against its will: an error of the person's in one line; one of ours with what to report."""

import contextlib
import platform
import shlex
import sys
import tempfile
import traceback
from importlib.metadata import PackageNotFoundError, version

import typer

from bench.commands import streams
from bench.errors import BenchError, Exit, NotMeasured
from cifar_core.errors import DataError

_BadOption = typer.BadParameter.__mro__[2]  # Typer's own class for whatever is typed wrongly; it has no public name


def ended_by(error: Exception) -> Exit:
    """Say why the command ends, on stderr, and give its exit code."""
    if isinstance(error, BenchError | DataError):
        streams.refuse(error)
        return Exit.CASE_FAILED if isinstance(error, NotMeasured) else Exit.USAGE
    if isinstance(error, _BadOption):
        _refuse_option(error)
        return Exit.USAGE
    streams.refuse(f"a fault in cifar-bench ({type(error).__name__}); please report it with {_kept(error)}")
    return Exit.FAULT


def _refuse_option(error: Exception) -> None:
    """As Typer words it, on one line, with the command whose --help says more; its help where nothing was typed."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        streams.say(context.get_help() if context else "type cifar-bench --help", sys.stderr)
        return
    command = context.command_path if context else "cifar-bench"
    message = str(getattr(error, "format_message", error.__str__)()).rstrip(".")
    streams.refuse(f"{message[:1].lower()}{message[1:]}; see {command} --help")


def _kept(error: Exception) -> str:
    """The name of a file with the traceback and what else a report needs; where none can be written, the last frame."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="cifar-bench-fault-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
        ) as file:
            file.write(_report(error))
            return file.name
    except OSError:
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"this line, for no file could be written: {last.filename}:{last.lineno}: {error}"


def _report(error: Exception) -> str:
    versions = [f"{name} {version_of(name)}" for name in ("cifar-bench", "tensorflow", "numpy")]
    lines = [shlex.join(sys.argv), *versions, f"Python {platform.python_version()}, {platform.platform()}", ""]
    return "\n".join([*lines, *traceback.format_exception(error)])


def version_of(package: str) -> str:
    """Of what is installed, without importing it."""
    with contextlib.suppress(PackageNotFoundError):
        return version(package)
    return "is not installed"
