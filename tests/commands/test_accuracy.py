"""`accuracy`: what is refused, and the exit code of every end that its trainings can come to."""

import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from command_line import bench, the_line
from places import SUPPORT

from bench.commands.accuracy import accuracy
from bench.errors import Exit
from bench.runner import accuracy as runner

FAKE = (sys.executable, str(SUPPORT / "fake_train_worker.py"))


def compared(folder: Path, monkeypatch: pytest.MonkeyPatch, *faults: str) -> Exit:
    """Train two modes from two seeds, with workers that compute nothing."""
    monkeypatch.setattr(runner, "execute", partial(runner.execute, command=(*FAKE, *faults)))
    return accuracy(modes="eager,xla", seeds=2, steps=300, data="synthetic", out=folder)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--modes fast", "unknown mode 'fast'"),
        ("--model mine:make", "unknown model 'mine:make'; known: tutorial_cnn, mlp, transformer, gru, resnet9"),
        ("--modes eager,keras_fit", "only timed, by `run`, and not trained: keras_fit; type e.g. --modes eager"),
        ("--modes keras", "only timed, by `run`, and not trained: keras_fit"),
        ("--seeds 0", "0 seeds make no distribution"),
        ("--margin 1", "--target and --margin are shares between 0 and 1"),
        ("--resume nowhere", "there is no folder nowhere (accuracy.json is looked for)"),
    ],
)
def test_a_bad_option_of_accuracy_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    line = the_line(bench("accuracy", "--data", "synthetic", *words.split(), cwd=tmp_path))
    assert line.startswith(f"error: {said}")
    assert list(tmp_path.iterdir()) == []


def test_trainings_that_all_reach_their_end_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(tmp_path / "a", monkeypatch) is Exit.OK
    assert capsys.readouterr().out.splitlines()[-1] == f"report: {tmp_path / 'a' / 'report.html'}"


def test_a_training_that_breaks_off_fails_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compared(tmp_path / "a", monkeypatch, "xla-s1=nan") is Exit.CASE_FAILED
    assert "xla, seed 1, broke off after step 100: the loss became nan" in capsys.readouterr().err


def test_interrupted_trainings_are_reported_as_far_as_they_got_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object, **options: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(runner, "execute", interrupt)
        assert compared(tmp_path / "a", patched) is Exit.INTERRUPTED
    assert capsys.readouterr().err.endswith(f"go on with: cifar-bench accuracy --resume {tmp_path / 'a'}\n")
    assert (tmp_path / "a" / "report.md").exists()
    monkeypatch.setattr(runner, "execute", partial(runner.execute, command=FAKE))
    assert accuracy(resume=tmp_path / "a") is Exit.OK


def test_modes_of_a_group_that_cannot_train_are_left_out_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "execute", lambda *arguments, **options: None)
    accuracy(modes="all", seeds=1, steps=100, data="synthetic", out=tmp_path / "a")
    first, *others = capsys.readouterr().err.splitlines()
    assert first.startswith("note: left out, because `run` only times them: xla_loop, keras_fit")
    assert not any("left out" in line for line in others)
