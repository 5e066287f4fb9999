"""`train`: what is refused, and the exit code of every end that a training can come to."""

import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from command_line import bench, the_line
from places import SUPPORT

from bench.commands.train import train
from bench.errors import Exit
from bench.runner import train as runner

FAKE = (sys.executable, str(SUPPORT / "fake_train_worker.py"))


def trained(folder: Path, monkeypatch: pytest.MonkeyPatch, *faults: str) -> Exit:
    """Train for 200 steps, with workers that compute nothing."""
    monkeypatch.setattr(runner, "TrainingProcess", partial(runner.TrainingProcess, command=(*FAKE, *faults)))
    return train(steps=200, display_step=100, data="synthetic", out=folder)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--recipe fancy", "unknown recipe 'fancy'; known: tutorial, tuned"),
        ("--mode fast", "unknown mode 'fast'"),
        ("--model mine:make", "unknown model 'mine:make'; known: tutorial_cnn, mlp, transformer, gru, resnet9"),
        ("--mode keras_fit", "keras_fit is only timed, by `run`; modes that train: eager, graph, function"),
        ("--display-step 0", "--steps and --seed must be at least 0, --display-step at least 1"),
        ("--resume nowhere", "there is no folder nowhere (training.json is looked for)"),
    ],
)
def test_a_bad_training_option_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    assert the_line(bench("train", "--data", "synthetic", *words.split(), cwd=tmp_path)).startswith(f"error: {said}")
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_reaches_its_end_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert trained(tmp_path / "t", monkeypatch) is Exit.OK
    assert capsys.readouterr().out.splitlines()[-1] == f"report: {tmp_path / 't' / 'report.html'}"


def test_a_training_whose_loss_becomes_nan_fails_and_says_where_its_checkpoint_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert trained(tmp_path / "t", monkeypatch, "function=nan") is Exit.CASE_FAILED
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ")
    assert error.endswith(f"the checkpoint before it, and broken.json, are in {tmp_path / 't'}")


def test_an_interrupted_training_says_how_to_resume_and_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object, **options: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(runner, "execute", interrupt)
        assert trained(tmp_path / "t", monkeypatch) is Exit.INTERRUPTED
    assert capsys.readouterr().err.endswith(f"go on with: cifar-bench train --resume {tmp_path / 't'}\n")
    assert train(resume=tmp_path / "t") is Exit.OK
