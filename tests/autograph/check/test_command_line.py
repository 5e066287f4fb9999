"""`cifar-bench check`: exit codes, and options against pyproject.toml."""

from pathlib import Path

import pytest
from snippets import BAD, HEAD
from typer.testing import CliRunner

from bench.__main__ import app
from bench.errors import BenchError


def run(*words: str):
    return CliRunner().invoke(app, ["check", *words])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 1),
        (("--fail-on", "error", "--ignore", "AG3"), 0),
        (("--fail-on", "error"), 1),
        (("--select", "AG2"), 0),
        (("--select", "AG1", "--fail-on", "info"), 1),
    ],
)
def test_the_exit_code_says_whether_something_weighs_enough(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    assert run(str(tmp_path), *words).exit_code == code


def test_the_command_line_wins_over_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.cifar-bench.check]\nselect = ["AG2"]\noutput-format = "json"\n')
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    assert run(str(tmp_path)).stdout.strip() == "[]"
    assert "AG101 [warning]" in run(str(tmp_path), "--select", "AG1", "--output-format", "concise").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.py",), "there is no nowhere.py"),
        ((".", "--select", "XX"), "unknown code 'XX'; known: AG001"),
        ((".", "--select", ""), "names no code"),
        ((".", "--fail-on", "x"), "unknown severity 'x'"),
        ((".", "--output-format", "x"), "unknown format 'x'"),
    ],
)
def test_wrong_words_are_one_clear_line(words: tuple[str, ...], says: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, BenchError)
    assert says in str(result.exception)
