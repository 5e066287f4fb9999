"""`compare`: the exit code of every decision that its gates can come to; what is refused."""

from pathlib import Path

import pytest
from kept_runs import STEPS, a_run
from typer.testing import CliRunner

from bench.commands.app import app
from bench.errors import BenchError


def compared(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["compare", *map(str, words)])
    if isinstance(done.exception, BenchError):
        raise done.exception
    return done.exit_code, done.output


def test_the_gates_decide_the_exit_code(tmp_path: Path) -> None:
    a, b = a_run(tmp_path / "a", first_s=0.0), a_run(tmp_path / "b", first_s=20.0)
    slower = a_run(tmp_path / "slower", {**STEPS, "function": 0.025 * 1.05}, first_s=40.0)
    few = a_run(tmp_path / "few", blocks=1)
    gate = ("--fail-on", "slower 2%", "--out")
    assert compared(a, b, *gate, tmp_path / "1")[0] == 0
    code, out = compared(a, slower, *gate, tmp_path / "2")
    assert (code, out.splitlines()[-1].startswith("FAIL  tf.function is ")) == (1, True)
    assert compared(a, few, *gate, tmp_path / "3")[0] == 3
    assert compared(a, b, "--fail-on", "function/eager < 1.5", "--out", tmp_path / "4")[0] == 0
    assert compared(a, b, "--fail-on", "function/eager < 2.5", "--out", tmp_path / "5")[0] == 1
    assert compared(a, slower, "--fail-on", "xla slower 2%", "--out", tmp_path / "6")[0] == 0


def test_one_run_or_the_same_twice_is_refused(tmp_path: Path) -> None:
    run = a_run(tmp_path / "a")
    with pytest.raises(BenchError, match="one run cannot be compared"):
        compared(run)
    with pytest.raises(BenchError, match="given twice"):
        compared(run, run)


def test_a_comparison_overwrites_an_earlier_one_and_nothing_else(tmp_path: Path) -> None:
    a, b = a_run(tmp_path / "a"), a_run(tmp_path / "b")
    for _ in range(2):
        assert compared(a, b, "--out", tmp_path / "out")[0] == 0
    (tmp_path / "mine" / "tables").mkdir(parents=True)
    (tmp_path / "mine" / "tables" / "mine.csv").touch()
    for taken in (tmp_path / "mine", b):
        with pytest.raises(BenchError, match=r"holds (other files|another run); give another --out"):
            compared(a, b, "--out", taken)
    assert (tmp_path / "mine" / "tables" / "mine.csv").exists()


def test_a_run_that_contradicts_its_plan_fails_the_command(tmp_path: Path) -> None:
    a, b = a_run(tmp_path / "a"), a_run(tmp_path / "b")
    with (b / "measurements.jsonl").open("ab") as stream:
        stream.write(b'{"set_aside": ["nothing", 0], "why": "because"}\n')
    code, out = compared(a, b, "--out", tmp_path / "out")
    assert code == 4
    assert "warning: Left out of b: measurements.jsonl line 25: block 0 of 'nothing' is not in the plan." in out
