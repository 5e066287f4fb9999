"""The scripts that make series of unchanged runs and recordings, tried on made-up runs and fake workers."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import recording
import series
from builders import ENVIRONMENT, a_group, a_plan, outcomes
from places import SUPPORT

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))
PLANNED = series.names(["tutorial_cnn", "mine:net"], 2)


class Commands:
    """What a series starts, on a clock that its sleeping and its runs (100 s each) move on."""

    def __init__(self, interrupted: int = -1) -> None:
        self.now, self.interrupted = 0.0, interrupted
        self.words: list[list[str]] = []
        self.begun: list[float] = []

    def start(self, words: list[str]) -> int:
        self.words.append(words)
        self.begun.append(self.now)
        self.now += 100.0
        folder = Path(words[words.index("--resume" if "--resume" in words else "--out") + 1])
        folder.mkdir(exist_ok=True)
        (folder / "plan.json").touch()
        return 130 if len(self.words) - 1 == self.interrupted else 0

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def run(self, folder: Path, every_s: float = 600.0) -> None:
        series.series(folder, PLANNED, every_s, ["--preset", "quick"], self.start, lambda: self.now, self.sleep)


def test_models_alternate_and_begin_so_far_apart(tmp_path: Path) -> None:
    commands = Commands()
    commands.run(tmp_path)
    assert [words[2] for words in commands.words] == ["tutorial_cnn", "mine:net"] * 2
    assert commands.words[1][3:] == ["--out", str(tmp_path / "mine.net-00"), "--preset", "quick"]
    assert commands.begun == [0.0, 600.0, 1200.0, 1800.0]
    commands.run(tmp_path)
    assert len(commands.words) == 4  # all have ended


def test_a_series_that_was_stopped_goes_on_with_the_run_that_was(tmp_path: Path) -> None:
    commands = Commands(interrupted=1)
    with pytest.raises(SystemExit, match=r"mine\.net-00 ended with code 130"):
        commands.run(tmp_path)
    commands.run(tmp_path, every_s=50.0)
    assert commands.words[2] == ["run", "--resume", str(tmp_path / "mine.net-00")]
    assert len(commands.words) == 5


PLAN = a_plan(a_group(("eager", "function")))


def a_run(number: int, gain: float) -> tuple[str, Run]:
    environment = replace(ENVIRONMENT, at=1e9 + 1500.0 * number)
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.025 / gain}
    return f"run{number}", analyse(PLAN, outcomes(PLAN, steps, environment=environment))


def test_each_run_is_judged_by_the_spread_of_the_others() -> None:
    alike = series.judge([a_run(number, 1 + 0.01 * (-1) ** number) for number in range(7)])
    assert len(alike) == 7
    assert all(held.holds for held in alike)
    assert alike[0].mean == pytest.approx(2.0, rel=0.01)
    *_, odd = series.judge([*(a_run(number, 1.0) for number in range(6)), a_run(6, 1.5)])
    assert not odd.holds
    assert odd.low > 2.5
    assert odd.speedup_low <= odd.speedup <= odd.speedup_high


def test_the_spread_of_each_comparison_is_that_of_all_its_runs() -> None:
    ((comparison, spread),) = series.spreads(
        [a_run(number, 1 + 0.01 * (-1) ** number)[1] for number in range(6)]
    ).items()
    assert comparison.endswith(": tf.function")
    assert (spread.runs, spread.nu) == (6, 5.0)
    assert spread.tau == pytest.approx(0.011, abs=0.002)


def test_a_recording_holds_every_round_of_every_whole_block(tmp_path: Path) -> None:
    planned = recording.recording_plan(SYNTHETIC, minutes=1.0, rounds=8, modes="eager,function")
    planned = replace(planned, schedule=replace(planned.schedule, blocks=1))
    recording.record(tmp_path / "run", planned, SYNTHETIC, FAKE)
    wall = np.load(tmp_path / "run" / "recording.npz")["wall"]
    assert wall.shape == (1, 3, 8, 1)
    assert wall[0, :, 0, 0] == pytest.approx([0.02, 0.02, 0.01], rel=0.01)
