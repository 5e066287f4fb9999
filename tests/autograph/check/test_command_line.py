"""`cifar-bench check`: exit codes, and options against pyproject.toml."""

import json
from pathlib import Path

import pytest
from snippets import BAD, HEAD, LOUD, write_files
from typer.testing import CliRunner

from bench.commands.app import app
from bench.errors import BenchError


@pytest.fixture(autouse=True)
def _cached_apart(own_cache: Path) -> None: ...


def run(*words: str, typed: str = ""):
    return CliRunner().invoke(app, ["check", *words], input=typed)


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
    assert json.loads(run(str(tmp_path)).stdout)["findings"] == []
    assert "AG101 [warning]" in run(str(tmp_path), "--select", "AG1", "--output-format", "concise").stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere.py",), "there is no nowhere.py"),
        ((".", "--select", "XX"), "unknown code 'XX'; known: AG001"),
        ((".", "--select", ""), "names no code"),
        ((".", "--fail-on", "x"), "unknown severity 'x'"),
        ((".", "--output-format", "x"), "unknown format 'x'"),
        (("-", "train.py"), "standard input is one file by itself"),
        (("train.py", "--stdin-filename", "train.py"), "standard input is one file by itself"),
        (("--stdin-filename", "train.ipynb"), "train.ipynb is not a Python file; known: names that end in .py or .pyi"),
    ],
)
def test_wrong_words_are_one_clear_line(words: tuple[str, ...], says: str) -> None:
    result = run(*words)
    assert isinstance(result.exception, BenchError)
    assert says in str(result.exception)


def test_without_a_path_the_current_folder_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"a.py": LOUD, "b/c.py": LOUD})
    assert run().stdout.splitlines()[-1] == "2 warnings in 2 files"


def test_exit_zero_says_the_same_and_exits_0(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    failing, passing = run(str(tmp_path)), run(str(tmp_path), "--exit-zero")
    assert (failing.exit_code, passing.exit_code) == (1, 0)
    assert failing.stdout == passing.stdout


def places(result) -> list[tuple[str, int, str]]:
    return [(one["file"], one["line"], one["code"]) for one in json.loads(result.stdout)["findings"]]


@pytest.mark.parametrize("words", [("--stdin-filename", "train.py"), ("-", "--stdin-filename", "train.py")])
@pytest.mark.parametrize("saved", ["", LOUD, "def step(:\n"])
def test_an_editor_checks_what_it_holds_and_not_what_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], saved: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, {"train.py": saved} if saved else {})
    found = run(*words, "--output-format", "json", typed="\n\n" + LOUD)
    assert (found.exit_code, places(found)) == (1, [("train.py", 6, "AG101")])
    clean = run(*words, "--output-format", "json", typed="x = 1\n")
    assert (clean.exit_code, places(clean)) == (0, [])
    assert (tmp_path / "train.py").exists() is bool(saved)


def test_an_editor_gets_only_the_findings_of_its_own_file_while_calls_lead_into_others_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    back = "from train import shout\ndef log(x):\n    print(x)\n    shout(x)\n"
    write_files(tmp_path, {"train.py": "def shout(x): pass\n", "log.py": back})
    held = "import tensorflow as tf\nfrom log import log\n@tf.function\ndef step(x):\n    log(x)\n\n"
    found = run("--stdin-filename", "train.py", "--output-format", "json", typed=held + "def shout(x):\n    print(x)\n")
    assert places(found) == [("train.py", 8, "AG101")]


def test_text_without_a_name_is_checked_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.cifar-bench.check]\nfail-on = "error"\n')
    found = run("-", "--output-format", "concise", typed=LOUD)
    assert (found.exit_code, found.stdout.splitlines()[0][:26]) == (0, "-:4:5: AG101 [warning] pri")


@pytest.mark.parametrize(
    ("typed", "says"), [("def step(:\n", "cannot be parsed"), ("x = (" * 9999, "cannot be parsed")]
)
def test_text_that_is_no_python_is_a_finding(typed: str, says: str) -> None:
    found = run("--stdin-filename", "train.py", "--output-format", "json", typed=typed)
    assert (found.exit_code, [code for _, _, code in places(found)]) == (1, ["AG001"])
    assert says in found.stdout


def test_a_file_that_the_settings_leave_out_is_left_out_for_an_editor_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.cifar-bench.check]\nexclude = ["train.py"]\n')
    found = run("--stdin-filename", "train.py", typed=LOUD)
    assert (found.exit_code, found.stdout) == (0, "no finding in 0 files\n")


def test_what_an_editor_holds_is_not_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_cache: Path) -> None:
    monkeypatch.chdir(tmp_path)
    run("--stdin-filename", "train.py", typed=LOUD)
    assert [*own_cache.iterdir()] == []


def test_no_cache_neither_uses_nor_keeps_a_result(tmp_path: Path, own_cache: Path) -> None:
    write_files(tmp_path, {"train.py": LOUD})
    without = run(str(tmp_path), "--no-cache")
    assert [*own_cache.iterdir()] == []
    assert run(str(tmp_path)).stdout == without.stdout
    (kept,) = own_cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:9])
    assert run(str(tmp_path), "--no-cache").stdout == without.stdout
    assert len(kept.read_bytes()) == 9
