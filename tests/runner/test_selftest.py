"""The self-test on fake workers whose true times are known."""

import os
import sys
import time
from pathlib import Path

import psutil
import pytest
from places import SUPPORT

from bench.errors import BenchError, NotMeasured
from bench.records.selftest import LOOP
from bench.report import selftest as report
from bench.runner import selftest
from bench.runner.block import Block
from bench.runner.selftest import SLOWDOWNS, TIMES, SelfTestPreset
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))
SMALL = SelfTestPreset("quick", runs=2, harness_blocks=1, harness_modes=("eager", "function"))


class Counting:
    """Progress that keeps how many blocks are said to be left, and how many were done."""

    def __init__(self) -> None:
        self.left: list[int] = []
        self.done = 0

    def start(self, blocks: int) -> None:
        self.left.append(blocks)

    def notice(self, text: str, share: float) -> None: ...

    def block_done(self) -> None:
        self.done += 1


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counting]:
    folder, progress = tmp_path_factory.mktemp("selftest") / "out", Counting()
    selftest.execute(folder, "function", SMALL, False, "synthetic", SYNTHETIC, progress, FAKE)
    return folder, progress


def test_a_mode_with_replicas_is_tried_with_a_single_one() -> None:
    made = selftest.run_plan("mirrored", 0, "synthetic", SYNTHETIC)
    assert {case.replicas for case in made.cases} == {1}
    assert len({case.key for case in made.cases}) == len(made.cases)


def test_a_planted_slow_down_is_recovered_and_the_mode_is_like_itself(tested: tuple[Path, Counting]) -> None:
    _, found = report.build(tested[0])
    assert [recovery.slowdown for recovery in found.recoveries] == [*SLOWDOWNS, TIMES - 1]
    for recovery in found.recoveries:
        assert recovery.measured[0] == pytest.approx(recovery.slowdown, abs=0.006)  # the fake's own unevenness
        assert recovery.runs == 2
    assert found.recoveries[-1].detected == 2
    assert found.control.runs == 2
    assert found.problems == ()


def test_the_harness_is_held_against_a_bare_loop_of_the_same_trainer(tested: tuple[Path, Counting]) -> None:
    _, found = report.build(tested[0])
    assert [cost.mode for cost in found.harness] == ["eager", "function"]
    for cost in found.harness:
        assert cost.ratio.centre == pytest.approx(1.0)  # the fake clock passes in steps alone
        assert cost.ratio.n == 12  # one pair a round
    assert {harness.steps for harness in found.selftest.harness} == {LOOP * 3, LOOP * 6}  # slices of 0.06 s


def test_progress_counts_every_block_to_the_end(tested: tuple[Path, Counting]) -> None:
    assert tested[1].left == [7, 6, 5, 4, 3, 2, 1]  # one block of the harness, then two runs of three
    assert tested[1].done == 7


def test_a_selftest_leaves_ordinary_runs_tables_and_a_picture_and_is_rebuilt_byte_for_byte(
    tested: tuple[Path, Counting],
) -> None:
    folder, _ = tested
    path, _ = report.build(folder)
    held = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert {"selftest.json", "runs/00/plan.json", "runs/01/plan.json", "plots/recovery.svg"} <= held.keys()
    assert {f"tables/{name}.csv" for name in ("clock", "harness", "recovery", "resolution")} <= held.keys()
    assert "**Self-test: PASSED**" in path.read_text()
    report.build(folder)
    assert held == {name: (folder / name).read_bytes() for name in held}


def test_the_clock_is_checked_for_real() -> None:
    found = selftest.check_clock()
    assert 0 < found.resolution_s <= 1e-3
    assert found.tick_s > 0
    assert found.cost_s > 0


def test_a_busy_neighbour_is_there_and_goes_away() -> None:
    with selftest.busy_neighbour():
        (process,) = psutil.Process().children()
        deadline = time.monotonic() + 30
        while process.cpu_times().user < 0.05 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert process.cpu_times().user >= 0.05
        if hasattr(os, "sched_setaffinity"):
            assert len(process.cpu_affinity()) == 1
    assert not process.is_running()


@pytest.mark.parametrize(
    ("preset", "runs", "words"),
    [("fast", None, "unknown preset 'fast'; known: quick, thorough"), ("quick", 0, "0 runs test nothing")],
)
def test_bad_options_are_named_with_what_to_type(preset: str, runs: int | None, words: str) -> None:
    with pytest.raises(BenchError, match=words):
        selftest.preset(preset, runs)


def test_one_mode_is_held_against_itself_and_no_folder_is_overwritten(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="takes one mode, not 'eager,function'"):
        selftest.run_plan("eager,function", 0, "synthetic", SYNTHETIC)
    (tmp_path / "mine.txt").touch()
    with pytest.raises(BenchError, match="holds other files"):
        selftest.execute(tmp_path, "function", SMALL, False, "synthetic", SYNTHETIC, Counting(), FAKE)
    with pytest.raises(BenchError, match="no self-test"):
        report.build(tmp_path)


def test_runs_of_a_selftest_are_plans_like_any_other() -> None:
    plan = selftest.run_plan("function", 3, "synthetic", SYNTHETIC)
    assert plan.seed == 3
    assert [case.arm for case in plan.cases] == [
        "function", "function-again", "function-slowed2", "function-slowed5", "function-slowed20", "function-x2",
    ]  # fmt: skip
    assert (plan.schedule.goal, plan.schedule.budget_s) == (None, None)


def test_a_self_test_whose_block_was_stopped_says_so_and_measures_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Block, "run", lambda block, command: False)
    with pytest.raises(NotMeasured, match=r"was stopped for a while .*; type the same again with another --out"):
        selftest.execute(tmp_path / "out", "function", SMALL, False, "synthetic", SYNTHETIC, Counting(), FAKE)
    assert not (tmp_path / "out" / "runs").exists()
