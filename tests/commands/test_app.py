"""The table of commands: every command's file is in it, and a wrong word is a usage error."""

from pathlib import Path
from typing import NoReturn

import pytest
from command_line import bench
from places import ROOT
from typer.testing import CliRunner

from bench import __main__ as entry
from bench.commands.app import COMMANDS, app
from bench.errors import BenchError, Exit, NotMeasured
from cifar_core.errors import DataError

SHARED = {"__init__", "app", "console", "streams", "terminal", "pytest_options", "pytest_session"}  # no commands


def test_an_unknown_option_or_command_is_a_usage_error(tmp_path: Path) -> None:
    assert bench("run", "--speed", "9", cwd=tmp_path).returncode == 2
    assert bench("rnu", cwd=tmp_path).returncode == 2


def test_every_command_s_file_is_in_the_table_and_help_shows_them_in_its_order() -> None:
    files = {path.stem for path in (ROOT / "bench" / "commands").glob("*.py")} - SHARED
    names = [name for name, _ in COMMANDS]
    assert sorted(names) == sorted(files)
    shown = CliRunner().invoke(app, ["--help"]).output.partition("Commands:")[2]
    assert [line.split()[0] for line in shown.splitlines() if line.strip()] == names


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
