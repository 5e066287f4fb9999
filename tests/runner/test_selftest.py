"""The instrument measured by itself, on fake workers whose true times are known, and judged on made-up runs."""

import math
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from builders import ENVIRONMENT, a_measurement
from places import SUPPORT

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.analysis.selftest import AAControl, evaluate
from bench.errors import BenchError
from bench.records.run import FORMAT, Failure, Outcome, Samples
from bench.records.selftest import LOOP, ClockCheck, Harness, SelfTest
from bench.report import selftest as report
from bench.runner import selftest
from bench.runner.selftest import SLOWDOWNS, SelfTestPreset
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


def test_a_planted_slow_down_is_recovered_and_the_mode_is_like_itself(tested: tuple[Path, Counting]) -> None:
    _, found = report.build(tested[0])
    assert [recovery.slowdown for recovery in found.recoveries] == list(SLOWDOWNS)
    for recovery in found.recoveries:
        assert recovery.measured[0] == pytest.approx(recovery.slowdown, abs=0.003)  # the fake's own unevenness
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
    assert {harness.steps for harness in found.selftest.harness} == {LOOP * 2}  # 0.05 s at 0.02 s a step


def test_progress_counts_every_block_to_the_end(tested: tuple[Path, Counting]) -> None:
    assert tested[1].left == [7, 6, 5, 4, 3, 2, 1]  # one block of the harness, then two runs of three
    assert tested[1].done == 7


def test_a_selftest_leaves_ordinary_runs_tables_and_a_picture_and_is_rebuilt_byte_for_byte(
    tested: tuple[Path, Counting],
) -> None:
    folder, _ = tested
    path, _ = report.build(folder)
    held = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    assert {"selftest.json", "runs/00/plan.json", "runs/01/plan.json", "plots/recovery.png"} <= held.keys()
    assert {f"tables/{name}.csv" for name in ("clock", "harness", "recovery", "resolution")} <= held.keys()
    assert "The instrument is in order" in path.read_text()
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
    with pytest.raises(BenchError, match=r"no selftest.json"):
        report.build(tmp_path)


RECORD = SelfTest(
    FORMAT, "2026-01-01T00:00:00+00:00", "quick", "function", 1, False, "look-alike", True, ENVIRONMENT,
    ClockCheck("a clock", 1e-9, 1e-7, 5e-8), (Harness("function", (0.0101,) * 6, (0.01,) * 6, 8),),
)  # fmt: skip


def made_up(runs: int, sd: float, wrong: float = 1.0, alike: float = 1.0) -> list[Run]:
    """Runs of six blocks whose block ratios spread by `sd`; slow-downs are `wrong` times as large as planted."""
    rng, found = random.Random(1), []
    for number in range(runs):
        plan = replace(selftest.run_plan("function", number, "synthetic", SYNTHETIC))
        outcomes = []
        for block in range(6):
            for case in plan.cases:
                true = 0.02 * (1 + wrong * case.slowdown) * (alike if case.again else 1.0)
                step_s = true * math.exp(rng.gauss(0, sd / math.sqrt(2)))
                measured = a_measurement(case, block, step_s, steady=Samples((step_s,) * 6, 1))
                outcomes.append(Outcome(measurement=measured))
        found.append(analyse(plan, outcomes))
    return found


def test_an_instrument_that_misses_what_was_planted_is_out_of_order() -> None:
    assert evaluate(RECORD, made_up(3, 0.01), [6]).problems == ()
    said = evaluate(RECORD, made_up(3, 0.01, wrong=0.5), [6]).problems
    assert said[-1].startswith("a slow-down of 20% was measured as 9.")  # half of 20 %, give or take


def test_an_instrument_that_calls_a_mode_different_from_itself_too_often_is_out_of_order() -> None:
    found = evaluate(RECORD, made_up(8, 0.005, alike=1.05), [6])
    assert found.control.false_positives == 8
    assert "8 of 8 runs called the mode different from itself" in found.problems
    assert not AAControl(None, 20, 2).too_many  # two of twenty come by chance, one time in four
    assert AAControl(None, 20, 5).too_many


def test_what_was_not_measured_counts_neither_as_alike_nor_as_missed_and_is_told() -> None:
    whole, broken = made_up(2, 0.01)
    failures = [Outcome(failure=Failure(case, 0, "slice", "it was killed")) for case in broken.plan.cases]
    found = evaluate(RECORD, [whole, analyse(broken.plan, failures)], [6])
    assert found.control.runs == 1
    assert {recovery.runs for recovery in found.recoveries} == {1}
    assert "run 01, function-slowed2: failed at slice in block 0: it was killed" in found.broken
    assert "5 times a case did not come through" in report.sentence(found)
    nothing = evaluate(RECORD, [analyse(broken.plan, failures)], [6])
    assert report.sentence(nothing).startswith("No run has been measured yet")
    assert evaluate(RECORD, [whole], [6]).broken == ()


def test_power_and_the_smallest_difference_follow_from_the_spread_of_blocks() -> None:
    """A t-test of six needs a true difference of 1.67 standard deviations for power 0.9 (noncentral t, by tables)."""
    found = evaluate(RECORD, made_up(40, 0.02), [6, 24])
    assert found.block_sd == pytest.approx(0.02 * math.sqrt(0.75), rel=0.05)  # the baseline is a mean of two
    six, more = found.resolutions
    assert math.log1p(six.smallest) == pytest.approx(1.67 * found.block_sd, rel=0.02)
    assert more.smallest < six.smallest / 2
    two, five, twenty = found.recoveries
    assert two.power < five.power < twenty.power
    assert five.detected / five.runs == pytest.approx(five.power, abs=0.12)


def test_the_harness_costs_what_its_pairs_say() -> None:
    (cost,) = evaluate(RECORD, [], []).harness
    assert cost.ratio.centre == pytest.approx(1.01)
    assert (cost.slice_s, cost.loop_s) == (0.0101, 0.01)
    assert "No run has been measured yet" in report.sentence(evaluate(RECORD, [], []))


def test_runs_of_a_selftest_are_plans_like_any_other() -> None:
    plan = selftest.run_plan("function", 3, "synthetic", SYNTHETIC)
    assert plan.seed == 3
    assert [case.arm for case in plan.cases] == [
        "function", "function-again", "function-slowed2", "function-slowed5", "function-slowed20",
    ]  # fmt: skip
    assert plan.schedule.budget_s is None
