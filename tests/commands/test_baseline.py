"""A run has a name, and `compare` takes it."""

from pathlib import Path

import pytest
from kept_runs import a_run

from bench.commands.baseline import baseline
from bench.commands.compare import compare
from bench.errors import BenchError, Exit


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("old", "new"):
        a_run(tmp_path / "results" / name, blocks=2)


def test_a_named_run_is_compared_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert baseline("main", Path("results/old")) is Exit.OK
    assert compare([Path("main"), Path("results/new")], out=Path("out")) is Exit.OK
    assert "old" in capsys.readouterr().out
    assert baseline("main", Path("results/new")) is Exit.OK
    assert baseline() is Exit.OK
    assert capsys.readouterr().out == "main is results/new from now on (it was old)\nmain: new\n"


def test_a_folder_of_that_name_comes_first(tmp_path: Path) -> None:
    baseline("main", Path("results/old"))
    (tmp_path / "main").mkdir()
    with pytest.raises(BenchError, match="main holds no run"):
        compare([Path("main"), Path("results/new")])


def test_a_run_elsewhere_can_have_a_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_run(tmp_path / "elsewhere", blocks=2)
    baseline("main", Path("elsewhere"))
    baseline("main")
    assert capsys.readouterr().out.endswith(f"main: {tmp_path / 'elsewhere'}\n")


def test_what_is_wrong_is_one_line() -> None:
    with pytest.raises(BenchError, match="no run is named yet; type cifar-bench baseline main results/RUN"):
        baseline("main")
    with pytest.raises(BenchError, match="there is no folder nowhere"):
        baseline("main", Path("nowhere"))
    with pytest.raises(BenchError, match=r"'a/b' is not a name"):
        baseline("a/b", Path("results/old"))
    with pytest.raises(BenchError, match="unknown baseline 'main'"):
        baseline("main", remove=True)
    with pytest.raises(BenchError, match="there is no folder main"):
        compare([Path("main"), Path("results/new")])


def test_a_name_can_be_given_up() -> None:
    baseline("main", Path("results/old"))
    baseline("main", remove=True)
    with pytest.raises(BenchError, match="no run is named yet"):
        baseline("main")
