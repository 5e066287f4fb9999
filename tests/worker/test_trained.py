"""At which counts of updates a case is looked at, with a fake trainer."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from builders import FakeTrainer, a_variable

from bench.worker.snapshot import Snapshot
from bench.worker.trained import DIRECTIONS_UNTIL, MARKS, TrainedSoFar, reached

STEP_S = 0.01


class Calls(FakeTrainer):
    """Notes the steps of each call; its loss is the count of updates."""

    def __init__(self) -> None:
        super().__init__(step_s=STEP_S, loss=float)
        self.calls_of: list[int] = []

    def run(self, steps: int) -> None:
        self.calls_of.append(steps)
        super().run(steps)


class Executions(Calls):
    """As Keras with several steps an execution: once one has begun, only whole ones are taken."""

    def __init__(self, per_call: int) -> None:
        super().__init__()
        self.per_call, self.begun = per_call, False

    def run(self, steps: int) -> None:
        self.begun = self.begun or steps % self.per_call == 0
        super().run(-(-steps // self.per_call) * self.per_call if self.begun else steps)


def begun(trainer: Any, updates: int = 5, per_call: int = 1) -> TrainedSoFar:
    """After the first updates."""
    start = Snapshot(trainer)
    for _ in range(updates):
        trainer.run(1)
    trainer.calls_of.clear()
    return TrainedSoFar(trainer, start, updates, per_call=per_call)


def seen(progress: TrainedSoFar) -> list[tuple[int, float | None]]:
    return [(each.updates, each.last_loss) for each in progress.reached]


def sliced(progress: TrainedSoFar, *slices: int) -> TrainedSoFar:
    for steps in slices:
        progress = progress.before_slice(steps, progress.trainer.clock)  # type: ignore[attr-defined]
        progress.trainer.run(steps)
        progress = progress.after_slice(steps)
    return progress


def test_a_mark_within_the_warm_up_is_stopped_at_and_its_last_step_taken_alone() -> None:
    trainer: Any = Calls()
    progress, seconds = begun(trainer).train(10, trainer.clock)
    assert trainer.calls_of == [4, 1, 5]
    assert seconds == pytest.approx(10 * STEP_S)
    assert (seen(progress), progress.updates) == ([(10, 10.0)], 15)


@pytest.mark.parametrize(("warmup", "calls"), [(5, [4, 1]), (4, [4]), (6, [4, 1, 1])])
def test_a_mark_at_the_end_of_the_warm_up_belongs_to_it(warmup: int, calls: list[int]) -> None:
    trainer: Any = Calls()
    progress, seconds = begun(trainer).train(warmup, trainer.clock)
    assert trainer.calls_of == calls
    assert seconds == pytest.approx(warmup * STEP_S)
    assert seen(progress) == ([(10, 10.0)] if warmup >= 5 else [])


def test_a_long_slice_begins_after_the_marks_that_lie_within_it() -> None:
    """Every case takes these untimed steps, so all are looked at after as many updates."""
    trainer: Any = Calls()
    progress = sliced(begun(trainer), 1000)
    assert trainer.calls_of == [4, 1, 29, 1, 2, 1000]
    assert (seen(progress), progress.updates) == ([(10, 10.0), (40, 40.0)], 1042)
    assert progress.at_end() is progress


def test_a_mark_at_a_slices_end_needs_no_further_step_and_has_no_loss() -> None:
    """Keras' loss would be a mean over the slice."""
    trainer: Any = Calls()
    progress = sliced(begun(trainer), 5, 3)
    assert trainer.calls_of == [5, 2, 3]
    assert seen(progress) == [(10, None)]


@pytest.mark.parametrize(("warmup", "before"), [(5, [4, 1, 2]), (4, [4, 1, 2]), (6, [4, 1, 1]), (3, [3])])
def test_a_slice_never_follows_a_look_at_all_weights_directly(warmup: int, before: list[int]) -> None:
    """Untimed steps lie between, be they the warm-up's: the first step after a look takes longer."""
    trainer: Any = Calls()
    progress, _ = begun(trainer).train(warmup, trainer.clock)
    sliced(progress, 3 if warmup > 3 else 2)
    assert trainer.calls_of[:-1] == before


def test_the_untimed_call_after_a_look_passes_by_no_other_mark() -> None:
    trainer: Any = Executions(30)
    progress = begun(trainer, updates=10, per_call=30).before_slice(30, trainer.clock)
    assert (seen(progress), progress.updates) == ([(10, None)], 10)
    trainer.run(30)
    assert seen(progress.after_slice(30).before_slice(30, trainer.clock)) == [(10, None), (40, None)]


def test_slices_of_one_step_come_to_each_mark() -> None:
    trainer: Any = Calls()
    progress = sliced(begun(trainer), *[1] * 36).at_end()
    assert [steps for steps in trainer.calls_of if steps > 1] == [2, 2]
    assert seen(progress) == [(10, None), (40, None)]


def test_a_training_that_ends_before_the_last_mark_is_looked_at_where_it_ends() -> None:
    assert seen(sliced(begun(Calls()), 3).at_end()) == [(8, None)]
    assert seen(sliced(begun(Calls()), 3, 10).at_end()) == [(10, 10.0), (22, None)]
    assert seen(sliced(begun(Calls()), 5, 28).at_end()) == [(10, None), (40, None)]


def test_a_case_without_warm_up_is_not_looked_at_for_it_is_too_slow() -> None:
    trainer: Any = Calls()
    progress, seconds = begun(trainer).train(0, trainer.clock)
    assert seconds == 0.0
    assert seen(sliced(progress, 2, 50).at_end()) == []
    assert trainer.calls_of == [2, 50]


def test_more_first_updates_than_a_mark_pass_it_by() -> None:
    trainer: Any = Calls()
    assert seen(sliced(begun(trainer, updates=12), 3).at_end()) == [(15, None)]


@pytest.mark.parametrize("per_call", [2, 3, 4, 5, 7, 10, 29, 40])
@pytest.mark.parametrize("warmup", [1, 5, 10, 40])
def test_a_trainer_of_whole_executions_takes_exactly_the_steps_that_are_counted(per_call: int, warmup: int) -> None:
    trainer: Any = Executions(per_call)
    whole = -(-warmup // per_call) * per_call
    progress, seconds = begun(trainer, per_call=per_call).train(whole, trainer.clock)
    assert seconds == pytest.approx((progress.updates - 5) * STEP_S)
    progress = sliced(progress, *[per_call] * 12).at_end()
    assert int(trainer.iterations.value) == progress.updates
    assert all(loss in (None, updates) for updates, loss in seen(progress))


def test_a_trainer_of_whole_executions_stops_at_the_first_mark_by_single_steps_before_any() -> None:
    trainer: Any = Executions(4)
    progress, _ = begun(trainer, per_call=4).train(8, trainer.clock)
    assert trainer.calls_of == [1, 1, 1, 1, 1, 4]
    assert seen(progress) == [(10, 10.0)]


def test_a_trainer_of_whole_executions_is_looked_at_where_one_ends_at_a_mark() -> None:
    trainer: Any = Executions(10)
    progress, _ = begun(trainer, per_call=10).train(10, trainer.clock)
    progress = sliced(progress, 10, 10, 10)
    assert seen(progress) == [(10, 10.0), (40, None)]


def test_how_far_the_variables_have_come_is_the_length_of_their_change() -> None:
    trainer: Any = Calls()
    average = a_variable("average", np.float32(1.0))
    trainer.task.averages = (average,)
    kept = trainer.task.state()
    trainer.task.state = lambda: (*kept, average)
    start = Snapshot(trainer)
    trainer.run(3)
    average.value = np.float32(0.5)
    found = reached(trainer, start, 3, 1.5)
    assert (found.updates, found.last_loss) == (3, 1.5)
    assert found.lengths == pytest.approx((3 * 4**0.5,))
    assert found.averages == pytest.approx((0.5,))
    (directions,) = found.projections
    assert all(abs(each or 0.0) in (0.0, 6.0, 12.0) for each in directions)  # sums of four changes of 3 with any signs


def test_directions_are_kept_as_long_as_they_say_something() -> None:
    trainer: Any = Calls()
    start = Snapshot(trainer)
    assert len(reached(trainer, start, DIRECTIONS_UNTIL, None).projections) == 1
    assert reached(trainer, start, DIRECTIONS_UNTIL + 1, None).projections == ()
    assert MARKS[0] <= DIRECTIONS_UNTIL < MARKS[1]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_weight_that_is_not_finite_has_come_no_known_way(bad: float) -> None:
    trainer: Any = Calls()
    start = Snapshot(trainer)
    trainer.weight.value = np.array([1, bad, 1, 1], np.float32)
    found = reached(trainer, start, 5, None)
    assert found.lengths == (None,)
    assert None in found.projections[0]


def test_a_mark_that_was_looked_at_is_not_looked_at_again() -> None:
    trainer: Any = Calls()
    progress = begun(trainer, updates=10)
    once = progress.before_slice(1, trainer.clock)
    assert seen(once) == [(10, None)]
    assert once.before_slice(1, trainer.clock) == once
    assert replace(once, updates=41).before_slice(5, trainer.clock).reached == once.reached


@pytest.mark.parametrize(
    ("updates", "per_call", "period", "more"),
    [(10, 1, 8, 6), (16, 1, 8, 0), (10, 1, 0, 0), (10, 2, 8, 6), (10, 8, 8, 0), (9, 2, 8, 0), (12, 10, 8, 20)],
)
def test_whole_calls_lead_to_the_first_batch_where_they_can(
    updates: int, per_call: int, period: int, more: int
) -> None:
    trainer = Calls()
    progress = begun(trainer, updates, per_call).to_first_batch(period)
    assert progress.updates == updates + more
    assert trainer.calls_of == [more] * bool(more)
