"""The table of commands: every command's file is in it, and a wrong word is a usage error."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

import pytest
from command_line import MAIN, bench, the_line
from places import ROOT
from typer.testing import CliRunner

from bench import __main__ as entry
from bench.commands.app import COMMANDS, app
from bench.errors import BenchError, Exit, NotMeasured
from cifar_core.errors import DataError

SHARED = {
    "__init__",
    "accuracy_on",
    "app",
    "bisect",
    "compare_result",
    "console",
    "faults",
    "grid",
    "heartbeat",
    "measuring",
    "run_accuracy",
    "run_on",
    "run_options",
    "api",
    "cells",
    "modes_result",
    "run_result",
    "spelling",
    "streams",
    "terminal",
    "wishes",
    "pytest_options",
    "pytest_session",
}  # no commands


def test_an_unknown_option_or_command_is_a_usage_error(tmp_path: Path) -> None:
    assert bench("run", "--speed", "9", cwd=tmp_path).returncode == 2
    assert bench("rnu", cwd=tmp_path).returncode == 2


def test_every_command_s_file_is_in_the_table_and_help_shows_them_in_its_order() -> None:
    files = {path.stem for path in (ROOT / "bench" / "commands").glob("*.py")} - SHARED
    names = [name for name, _ in COMMANDS]
    assert sorted(names) == sorted(files)
    shown = CliRunner().invoke(app, ["--help"]).output.partition(" Commands ")[2]
    assert re.findall(r"^│ (\w+)", shown, re.MULTILINE) == names


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BenchError("no such mode"), Exit.USAGE),
        (DataError("no such folder"), Exit.USAGE),
        (NotMeasured("no block was measured"), Exit.CASE_FAILED),
    ],
)
def test_an_error_is_one_line_and_its_exit_code(
    error: Exception, code: Exit, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended_by(error, monkeypatch) == code
    assert capsys.readouterr().err == f"error: {error}\n"


def test_ctrl_c_ends_with_its_own_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ended_by(KeyboardInterrupt(), monkeypatch) == Exit.INTERRUPTED


def ended_by(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> object:
    """The exit code of a command that raises this."""

    def failing(**options: str) -> NoReturn:
        raise error

    monkeypatch.setattr("bench.commands.app.app", failing)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    return ended.value.code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "--speed", "9"), "no such option: --speed"),
        (("run", "--seed", "x"), "invalid value for '--seed'"),
        (("run", "--blocks", "0"), "invalid value for '--blocks'"),
        (("breakeven",), "missing argument"),
        (("rnu",), "no such command 'rnu'"),
    ],
)
def test_what_is_typed_wrongly_is_one_line_that_names_the_command_s_help(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    line = the_line(bench(*words, cwd=tmp_path))
    assert line.startswith(f"error: {said}")
    assert line.endswith(f"; see cifar-bench {words[0]} --help" if words != ("rnu",) else "; see cifar-bench --help")


def test_a_fault_of_ours_is_one_line_and_the_traceback_is_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert ended_by(KeyError("step"), monkeypatch) == Exit.FAULT == 5
    (line,) = capsys.readouterr().err.splitlines()
    file = line.removeprefix("error: a fault in cifar-bench (KeyError); please report it with ")
    report = Path(file).read_text()
    assert report.rstrip().endswith("KeyError: 'step'")
    assert "\ntensorflow 2." in report
    assert "\nPython 3." in report


def test_a_fault_where_no_file_can_be_written_says_where_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    assert ended_by(ZeroDivisionError("by\nzero"), monkeypatch) == Exit.FAULT
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(r"no file could be written: \S+test_app\.py:\d+: by zero$", line)


def test_the_version_names_what_the_numbers_depend_on_without_loading_it() -> None:
    ended = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "bench", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split()[0] for line in ended.stdout.splitlines()] == ["cifar-bench", "TensorFlow", "Python"]
    imported = {line.rpartition("|")[2].strip() for line in ended.stderr.splitlines()}
    assert "bench.commands.app" in imported
    assert "tensorflow" not in imported


def test_help_has_a_short_name_groups_of_options_and_their_defaults() -> None:
    shown = CliRunner().invoke(app, ["run", "-h"]).output
    for words in (" What is timed ", " How long ", "[default: standard]", "[default: 64]", "--target-ci"):
        assert words in shown
    assert "--precision" not in shown


def test_bash_can_complete_the_commands(tmp_path: Path) -> None:
    asked = {"COMP_WORDS": "cifar-bench ru", "COMP_CWORD": "1", "_CIFAR_BENCH_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-c", MAIN], capture_output=True, text=True, check=False, env={**os.environ, **asked}
    )
    assert done.stdout.split() == ["run", "rules"]
