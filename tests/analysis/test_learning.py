"""Trainings over modes and seeds: which differences are significant, how soon a target was reached, what failed."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import an_accuracy_plan
from trainings import START_S, STEP_S, kept_trainings

from bench.analysis.learning import Learning, ModeLearning, curve, learning_beside, read_learning, seconds_to
from bench.errors import BenchError

TARGET = 0.6


@pytest.fixture(scope="module")
def learning(tmp_path_factory: pytest.TempPathFactory) -> Learning:
    return kept_trainings(tmp_path_factory.mktemp("accuracy") / "sound", an_accuracy_plan())


def in_mode(learning: Learning, mode: str) -> ModeLearning:
    return next(one for one in learning.modes if one.mode == mode)


def test_equal_modes_are_the_same(learning: Learning) -> None:
    difference = in_mode(learning, "graph").difference
    assert not learning.failed
    assert difference
    assert difference.same
    assert difference.mean == pytest.approx(0)


def test_a_shift_of_a_fifth_of_a_point_is_significant_and_within_a_point(learning: Learning) -> None:
    difference = in_mode(learning, "function").difference
    assert difference
    assert difference.same
    assert difference.differs
    assert difference.mean == pytest.approx(0.002)


def test_a_mode_has_the_mean_and_the_spread_of_its_seeds(learning: Learning) -> None:
    eager = learning.baseline
    assert eager.finals == pytest.approx({0: 0.73, 1: 0.732, 2: 0.734, 3: 0.73, 4: 0.732})
    assert eager.mean == pytest.approx(0.7316)
    assert eager.sd == pytest.approx(0.00167, rel=0.01)
    assert replace(eager, trainings=eager.trainings[:1]).sd is None


def test_time_to_the_target_counts_the_start_or_leaves_it_out(learning: Learning) -> None:
    eager = learning.baseline.trainings[0]
    point = eager.reached(TARGET)
    assert point
    assert point.step == 300
    assert seconds_to(eager, TARGET, first_call=True) == pytest.approx(START_S + 1.0 + 300 * STEP_S["eager"])
    assert seconds_to(eager, TARGET, first_call=False) == pytest.approx(300 * STEP_S["eager"])
    assert seconds_to(eager, 0.99, first_call=True) is None


def test_modes_are_compared_by_how_soon_and_how_fast_they_trained(learning: Learning) -> None:
    graph, expected = in_mode(learning, "graph"), STEP_S["eager"] / STEP_S["graph"]
    for ratio in (learning.target_speedup(graph, first_call=False), learning.training_speedup(graph)):
        assert ratio
        assert ratio.centre == pytest.approx(expected)
    with_start = learning.target_speedup(graph, first_call=True)
    assert with_start
    assert 1 < with_start.centre < expected


def test_a_curve_has_the_mean_and_the_range_over_seeds_at_each_displayed_step(learning: Learning) -> None:
    points = curve(learning.baseline, "test_accuracy")
    assert [point.step for point in points] == [100, 200, 300]
    last = points[-1]
    assert (last.low, last.mean, last.high) == pytest.approx((0.73, 0.7316, 0.734))
    assert last.seconds == pytest.approx(START_S + 1.0 + 300 * STEP_S["eager"])


def test_a_curve_leaves_out_trainings_that_broke_off(tmp_path: Path) -> None:
    learning = kept_trainings(tmp_path / "a", an_accuracy_plan(("eager",), seeds=2), {"eager-s1": "nan"})
    assert [point.step for point in curve(learning.baseline, "test_loss")] == [100, 200, 300]


def test_trainings_that_break_off_or_learn_nothing_have_failed(tmp_path: Path) -> None:
    faults = {"xla-s0": "nan", "xla-s1": "flat"}
    learning = kept_trainings(tmp_path / "a", an_accuracy_plan(("eager", "xla"), seeds=3), faults)
    broken, stalled, sound = learning.modes[1].trainings
    assert learning.failed
    assert learning.modes[1].failed == 2
    assert (broken.failure.startswith("the loss became nan"), broken.stalled, broken.finished) == (True, False, False)
    assert (stalled.failure, stalled.stalled, stalled.finished) == ("", True, True)
    assert (sound.failure, sound.stalled) == ("", False)


def test_a_mode_that_cannot_train_has_not_failed(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "xla"), seeds=1)
    learning = kept_trainings(tmp_path / "a", plan, {"xla-s0": "refuse"})
    assert not learning.failed
    assert learning.modes[1].trainings[0].not_applicable == "the mode trains no recipe"
    assert learning.modes[1].difference is None


def test_trainings_that_have_not_begun_are_left_out(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "graph"), seeds=2)
    kept_trainings(tmp_path / "a", plan)
    (tmp_path / "a" / "trainings" / "graph-s1" / "points.json").unlink()
    assert [len(mode.trainings) for mode in read_learning(tmp_path / "a").modes] == [2, 1]


def test_a_folder_without_trainings_is_one_line_and_a_run_need_not_have_any(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"holds no trainings of several modes"):
        read_learning(tmp_path)
    assert learning_beside(tmp_path) is None
    kept_trainings(tmp_path / "accuracy", an_accuracy_plan(("eager",), seeds=1))
    assert learning_beside(tmp_path)
