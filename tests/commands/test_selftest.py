"""`selftest`: what is refused, and the exit code of every end that it can come to."""

import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from places import SUPPORT

from bench.commands import selftest as command
from bench.commands.report import report
from bench.commands.selftest import selftest
from bench.errors import BenchError, Exit
from bench.runner import selftest as runner
from bench.runner.selftest import SelfTestPreset
from cifar_core.errors import DataError

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))


def test_a_self_test_on_fake_workers_ends_with_its_report_which_can_be_rebuilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "PRESETS", (SelfTestPreset("quick", 1, 1, ("eager", "function")),))
    monkeypatch.setattr(runner, "execute", partial(runner.execute, command=FAKE))
    assert selftest(data="synthetic", out=tmp_path / "tested") is Exit.OK
    printed = capsys.readouterr().out
    assert printed.splitlines()[-1] == f"report: {tmp_path / 'tested' / 'report.html'}"
    assert report(tmp_path / "tested") is Exit.OK
    assert capsys.readouterr().out == printed


def test_an_interrupted_self_test_says_how_to_see_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object, **options: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "execute", interrupt)
    assert selftest(data="synthetic", out=tmp_path / "tested") is Exit.INTERRUPTED
    assert capsys.readouterr().err.endswith(f"cifar-bench report {tmp_path / 'tested'}\n")


def test_the_statistics_alone_need_no_worker_and_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "SIMULATED_RUNS", 20)
    assert selftest(simulate=True) is Exit.OK
    assert capsys.readouterr().err.startswith("20 simulated standard runs for each share")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"preset": "slow"}, "unknown preset 'slow'; known: quick, thorough"),
        ({"runs": 0}, "0 runs test nothing; type e.g. --runs 20"),
        ({"mode": "egaer"}, "unknown mode 'egaer', did you mean eager\\? type --mode eager"),
        ({"mode": "keras"}, "--mode takes one mode, not 'keras'"),
        ({"data": "nowhere"}, "no data folder nowhere"),
    ],
)
def test_a_bad_option_is_refused_before_anything_is_written(
    options: dict[str, object], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises((BenchError, DataError), match=said):
        selftest(**{"data": "synthetic", **options})  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
