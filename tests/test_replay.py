"""Other designs, estimators and the run loop, replayed on made-up recordings whose truth is known."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import designs
import estimators
import numpy as np
import pytest
import replay
import run_loop
from builders import FIRST_CALLS_S, a_group, a_plan, outcomes
from designs import OTHERS, Design
from places import ROOT
from recorded import Recording, Tape, load, save

from bench.records.store import Store

NAMED = {design.name: design for design in (*OTHERS, run_loop.OURS)}


def made(noise: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray], blocks: int = 30) -> Recording:
    """Eager twice at 50 ms a step and a mode that is twice as fast, with this noise of the logarithms."""
    rng = np.random.default_rng(3)
    logs = np.log([0.05, 0.05, 0.025])[None, :, None] + noise(rng, (blocks, 3, 30))
    return Recording("made up", logs)


QUIET = made(lambda rng, shape: 0.002 * rng.exponential(size=shape))
SLOWING = made(  # the machine gets slower from block to block, whatever runs
    lambda rng, shape: 0.002 * rng.exponential(size=shape) + np.linspace(0, 0.2, shape[0])[:, None, None]
)


def share(design: Design, recording: Recording, slower: float, runs: int = 60, in_time: bool = False) -> float:
    """Of false positives, or of what is called slower."""
    shares = replay.played(design, recording, slower, runs, in_time)
    return shares.slower if slower else shares.different


@pytest.mark.parametrize("in_time", [False, True])
@pytest.mark.parametrize("name", sorted({*NAMED} - {"asv", "pytest-benchmark, min:5%"}))
def test_where_nothing_else_runs_every_sharp_enough_rule_is_right(name: str, in_time: bool) -> None:
    assert share(NAMED[name], QUIET, 0.0, in_time=in_time) <= 0.2
    assert share(NAMED[name], QUIET, replay.SLOWER, in_time=in_time) == 1.0


def test_a_faster_copy_is_not_called_slower() -> None:
    for name in ("timeit", "pyperf", "asv, factor 1.01", "cifar-bench, standard"):
        shares = replay.played(NAMED[name], QUIET, -replay.SLOWER, 20)
        assert (shares.different, shares.slower) == (1.0, 0.0), name


@pytest.mark.parametrize("name", ["asv", "pytest-benchmark, min:5%"])
def test_a_rule_that_asks_for_more_than_3_percent_never_detects_3(name: str) -> None:
    assert share(NAMED[name], QUIET, replay.SLOWER) == 0.0
    assert share(NAMED[name], QUIET, math.log(1.2)) == 1.0


@pytest.mark.parametrize("name", ["pyperf", "hyperfine"])
def test_what_measures_one_after_the_other_takes_the_machine_for_a_difference(name: str) -> None:
    assert share(NAMED[name], SLOWING, 0.0) > 0.5
    assert share(run_loop.OURS, SLOWING, 0.0) == 0.0
    assert share(run_loop.OURS, SLOWING, replay.SLOWER) == 1.0


def test_seconds_count_every_process_and_slice() -> None:
    told = {name: design.play(Tape(QUIET, np.random.default_rng(0), 0.0)) for name, design in NAMED.items()}
    assert told["pytest-benchmark, min:2%"].seconds == pytest.approx(2 * (4.5 + 1.1))
    assert told["pyperf"].seconds == pytest.approx(42 * 4.9)
    assert told["cifar-bench, standard"].seconds == pytest.approx(6 * (4.5 + 6 * 3 * 0.1))


def test_a_recording_with_too_few_processes_says_so() -> None:
    short = replace(QUIET, logs=QUIET.logs[:12])
    lines = {line.split(" | ")[1]: line for line in replay.designs([short], 2)}
    assert lines["pyperf"].count("too short") == 2  # it has 24 processes, and lasts 108 s
    assert lines["hyperfine"].count("too short") == 1  # which needs 20, and 110 s


def test_pyperfs_rule_is_students_test_with_one_variance() -> None:
    tape = Tape(SLOWING, np.random.default_rng(1), 0.0)
    before, after = (np.concatenate([take(4)[1:] for _ in range(20)]) for take in (tape.before, tape.after))
    pooled = math.sqrt((before.var(ddof=1) + after.var(ddof=1)) / 60)
    by_hand = abs(before.mean() - after.mean()) / pooled >= 1.980  # 118 degrees of freedom
    told = designs.pyperf(Tape(SLOWING, np.random.default_rng(1), 0.0))
    assert (told.faster or told.slower) == by_hand


@pytest.mark.parametrize("name", estimators.ESTIMATORS)
def test_every_estimator_finds_the_true_ratio_of_a_quiet_machine(name: str) -> None:
    found = estimators.estimated(QUIET, name)
    assert found.speedup == pytest.approx(2.0, rel=0.001)
    assert found.alike.together < 0.003


def test_the_fastest_third_hides_jitter_that_the_mean_shows() -> None:
    uneven = made(lambda rng, shape: 0.05 * rng.exponential(size=shape))
    third, median, mean = (
        estimators.estimated(uneven, name).biases[-1] for name in ("fastest third", "median, paired", "mean, paired")
    )
    assert mean == pytest.approx(-0.1, abs=0.01)  # two more of the mean disturbance
    assert mean < median < third < 0


def test_spreads_within_and_between_blocks_are_told_apart() -> None:
    rng = np.random.default_rng(0)
    logs = 0.03 * rng.normal(size=(400, 1)) + 0.01 * rng.normal(size=(400, 4))
    found = estimators.spreads(logs)
    assert (found.within, found.between) == pytest.approx((0.01, 0.03), rel=0.1)
    assert found.together == pytest.approx(math.hypot(found.within, found.between))


@pytest.mark.parametrize("replayed", [run_loop.alike, run_loop.unlike])
def test_the_run_loop_covers_the_truth(replayed: Callable[..., run_loop.Replayed]) -> None:
    none, some = (replayed(QUIET, slower, 60) for slower in (0.0, replay.SLOWER))
    assert none.called <= 0.1
    assert min(none.covers, some.covers) >= 0.9
    assert some.called == 1.0
    assert some.seconds <= some.nine_of_ten_s + 1e-9


def test_a_kept_run_is_read_as_a_recording(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    with Store.create(tmp_path / "kept", plan) as store:
        for outcome in outcomes(plan, {"eager": 0.05, "eager-again": 0.05, "function": 0.025}):
            store.keep(outcome)
    recording = load(tmp_path / "kept")
    assert recording.name == "kept"
    assert np.exp(recording.logs[0, :, 0]) == pytest.approx([0.05, 0.05, 0.025], rel=0.1)
    assert recording.candidates == (2,)
    assert (recording.start_s, recording.untimed_s) == (pytest.approx(3.1 + FIRST_CALLS_S["eager"]), 4.5)


def test_an_array_is_read_as_a_recording(tmp_path: Path) -> None:
    wall = np.full((2, 4, 6, 2), 0.05) * [0.9, 1.1]
    np.savez_compressed(tmp_path / "short.npz", wall=wall)
    recording = load(tmp_path / "short.npz")
    assert (recording.name, recording.blocks, recording.rounds, recording.slice_s) == ("short", 2, 6, 0.1)
    assert np.exp(recording.logs) == pytest.approx(0.05)


def test_a_recording_is_read_again_as_it_was_saved(tmp_path: Path) -> None:
    timed = replace(QUIET, name="kept", slice_s=0.25, start_s=3.5, untimed_s=8.0)
    save(timed, tmp_path / "kept.npz", np.ones(timed.blocks))
    recording = load(tmp_path / "kept.npz")
    assert recording.logs == pytest.approx(timed.logs, abs=1e-6)
    for name in ("name", "slice_s", "start_s", "untimed_s"):
        assert getattr(recording, name) == getattr(timed, name)


def test_the_tables_hold_every_design_estimator_and_difference() -> None:
    text = replay.tables([QUIET], 3)
    for name in (*NAMED, *estimators.ESTIMATORS):
        assert f"| made up | {name.replace('%', ' %').replace('  %', ' %')} |" in text
    assert text.count("\n| made up |") == len(NAMED) + 8 + len(estimators.ESTIMATORS)


def test_the_page_shows_the_kept_tables() -> None:
    made, page = (ROOT / "results" / "sample-designs" / "tables.md").read_text(), replay.PAGE.read_text()
    assert replay.shown(page, made) == page, "python tests/support/replay.py writes them again"
    assert len(replay.SHOWN.findall(page)) == 3


def test_tables_are_put_where_the_page_shows_them() -> None:
    page = "# Page\n\n| a |\n| --- |\n<!-- from: sample-designs/tables.md -->\n\n| other |\n<!-- set: this -->\n"
    assert replay.shown(page, "| b |\n| --- |\n| 1 |\n") == page.replace("| a |\n| --- |", "| b |\n| --- |\n| 1 |")
