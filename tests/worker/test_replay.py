"""The first updates taken again after the last slice, with trainers that do as before or otherwise."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from builders import FakeTrainer, a_variable

from bench.worker import replay as replaying
from bench.worker.replay import FirstUpdates, late, not_finite, replay
from bench.worker.snapshot import Snapshot

Fault = Callable[["Batches", int], None]


def honest(trainer: "Batches", steps: int) -> None:
    trainer.train(steps)


class Batches(FakeTrainer):
    """Step n takes batch n % 8 off the weights; `take(trainer, steps)` may train otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.take: Fault = honest
        self.place, self.taken, self.rewound, self.traced = 0, 0, 0, 0
        self.runs: list[int] = []

    def run(self, steps: int) -> None:
        self.runs.append(steps)
        self.take(self, steps)

    def train(self, steps: int) -> None:
        for _ in range(steps):
            self.loss_now = float(self.weight.value.sum())
            self.weight.value = self.weight.value - np.float32(1 + self.place % 8)
            self.slot.value = self.slot.value + 1
            self.iterations.value = self.iterations.value + 1
            self.place, self.taken = self.place + 1, self.taken + 1

    def count(self, steps: int) -> None:
        """Updates that are counted and not taken."""
        self.iterations.value = self.iterations.value + steps

    def rewind(self) -> None:
        self.place, self.rewound = 0, self.rewound + 1

    def sync(self) -> float:
        return self.loss_now

    def traces(self) -> int:
        return self.traced


def begun(count: int = 5, step_s: float = 0.01) -> tuple[Any, FirstUpdates]:
    """A trainer past its first updates and a few slices, and what was kept of the first ones."""
    trainer: Any = Batches()
    start, losses = Snapshot(trainer), []
    for _ in range(count):
        trainer.run(1)
        losses.append(trainer.sync())
    first = FirstUpdates(start, Snapshot(trainer), tuple(losses), step_s)
    trainer.run(13)
    trainer.runs.clear()
    return trainer, first


@pytest.mark.parametrize(
    ("slice_steps", "runs"),
    [
        (1, [1, 1, 1, 1, 1]),
        (2, [2, 2, 1]),
        (3, [3, 1, 1]),
        (4, [4, 1]),
        (5, [1] * 5 + [5]),
        (7, [1] * 7 + [7]),
        (20, [1] * 20 + [20]),
    ],
)
def test_short_slices_are_replayed_as_they_were_timed_and_long_ones_step_by_step_and_in_one_call(
    slice_steps: int, runs: list[int]
) -> None:
    trainer, first = begun()
    found = replay(trainer, first, slice_steps, 1)
    assert trainer.runs == runs
    assert (found.first.updates, found.first.loss, found.first.whole, found.first.most) == (5, 0.0, 0.0, 0.0)
    assert (found.slice and found.slice.updates) == (slice_steps if slice_steps >= 5 else None)
    assert found.slice is None or (found.slice.whole, found.slice.variable) == (0.0, "")
    assert found.retraces == 0


@pytest.mark.parametrize(("per_call", "runs", "updates"), [(2, [1] * 5 + [1] * 2 + [2], 2), (10, [1] * 10 + [10], 10)])
def test_executions_of_many_steps_are_compared_with_single_steps(per_call: int, runs: list[int], updates: int) -> None:
    trainer, first = begun()
    found = replay(trainer, first, per_call, per_call)
    assert trainer.runs == runs
    assert found.slice
    assert (found.slice.updates, found.slice.whole) == (updates, 0.0)


def alternating(trainer: Batches, steps: int) -> None:
    """Two orders of a sum in turn."""
    trainer.train(steps)
    trainer.weight.value = trainer.weight.value + np.float32(0.001 * (trainer.rewound % 2))


def drifted(trainer: Batches, steps: int) -> None:
    """Always the same, which is not what it was at first."""
    trainer.train(steps)
    trainer.weight.value = trainer.weight.value + np.float32(0.001)


@pytest.mark.parametrize(("fault", "by_chance"), [(honest, False), (alternating, True), (drifted, False)])
@pytest.mark.parametrize("slice_steps", [2, 20])
def test_what_differs_from_one_replay_to_the_next_is_left_to_chance(
    fault: Fault, by_chance: bool, slice_steps: int
) -> None:
    trainer, first = begun()
    trainer.take = fault
    found = replay(trainer, first, slice_steps, 1)
    assert found.by_chance is by_chance
    assert (found.first.whole > 0) is (fault is not honest)


def test_what_takes_too_long_is_not_repeated_to_see_whether_it_is_chance() -> None:
    trainer, first = begun(1, step_s=100.0)
    trainer.take = alternating
    found = replay(trainer, first, 1, 1)
    assert (len(trainer.runs), found.by_chance, found.first.whole > 0) == (1, False, True)


def test_a_very_slow_mode_repeats_one_update_once() -> None:
    trainer, first = begun(1, step_s=10.0)
    found = replay(trainer, first, 1, 1)
    assert (trainer.runs, found.first.updates, found.slice) == ([1], 1, None)


@pytest.mark.parametrize(("step_s", "steps"), [(0.1, 15), (0.5, 5), (0.0, 1000)])
def test_a_slice_that_takes_long_is_repeated_in_part(step_s: float, steps: int) -> None:
    trainer, first = begun(step_s=step_s)
    found = replay(trainer, first, 1000, 1)
    assert found.slice
    assert (found.slice.updates, trainer.runs[-1]) == (steps, steps)


def test_batches_that_need_not_come_again_are_not_asked_for() -> None:
    """What Python makes again is kept for the first steps only."""
    trainer, first = begun()
    trainer.task.inputs.repeats = 8
    found = replay(trainer, first, 20, 1)
    assert found.slice
    assert (found.slice.updates, max(trainer.runs)) == (8, 8)
    assert replay(trainer, first, 20, 10).slice is None
    assert max(trainer.runs) == 8


def stops(trainer: Batches, steps: int) -> None:
    """Trains no more once the first updates are over."""
    real = max(0, min(steps, 5 - trainer.taken))
    trainer.train(real)
    trainer.count(steps - real)


def one_a_call(trainer: Batches, steps: int) -> None:
    trainer.train(1)
    trainer.count(steps - 1)


def one_fewer(trainer: Batches, steps: int) -> None:
    trainer.train(max(1, steps - 1))
    trainer.count(steps - max(1, steps - 1))


def another_batch(trainer: Batches, steps: int) -> None:
    trainer.place += trainer.taken >= 18
    trainer.train(steps)


@pytest.mark.parametrize("slice_steps", [1, 2, 5, 20])
@pytest.mark.parametrize("fault", [stops, another_batch])
def test_updates_that_come_out_otherwise_late_are_seen_whatever_a_slice_holds(fault: Fault, slice_steps: int) -> None:
    trainer, first = begun()
    trainer.take = fault
    found = replay(trainer, first, slice_steps, 1)
    assert found.first.whole > 0.1
    assert found.first.variable == ("kernel" if fault is another_batch else found.first.variable)
    assert found.first.most >= found.first.whole


@pytest.mark.parametrize("slice_steps", [2, 3, 4, 5, 20])
@pytest.mark.parametrize("fault", [one_a_call, one_fewer])
def test_a_call_of_many_steps_that_takes_fewer_is_seen_in_short_slices_and_long_ones(
    fault: Fault, slice_steps: int
) -> None:
    trainer, first = begun()
    trainer.take = fault
    found = replay(trainer, first, slice_steps, 1)
    assert (found.slice or found.first).whole > 0
    assert found.slice is None or found.first.whole == 0.0


def test_a_loss_that_is_not_the_first_one_is_seen_though_every_weight_is() -> None:
    trainer, first = begun()
    trainer.sync = lambda: 1e6
    found = replay(trainer, first, 2, 1).first
    assert (found.loss, found.whole, found.most) == (2.0, 0.0, 0.0)  # at most 2
    trainer.sync = lambda: first.losses[-1] * (1 + 1e-3)
    assert replay(trainer, first, 2, 1).first.loss == pytest.approx(1e-3)


@pytest.mark.parametrize(("before", "now", "apart"), [(None, 1.0, 2.0), (1.0, np.nan, 2.0), (None, np.nan, 0.0)])
def test_a_loss_that_is_not_finite_equals_only_another_such(before: float | None, now: float, apart: float) -> None:
    trainer, first = begun()
    trainer.sync = lambda: now
    kept = FirstUpdates(first.start, first.after, (*first.losses[:-1], before), 0.01)
    assert replay(trainer, kept, 2, 1).first.loss == apart


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_weight_that_becomes_infinite_or_no_number_is_nothing_alike(bad: float) -> None:
    trainer, first = begun()

    def breaks(trainer: Batches, steps: int) -> None:
        trainer.train(steps)
        trainer.weight.value = np.full(4, bad, np.float32)

    trainer.take = breaks
    found = replay(trainer, first, 5, 1)
    assert (found.first.whole, found.first.most, found.first.variable) == (2.0, 2.0, "kernel")
    assert found.slice
    assert found.slice.whole == 0.0  # as bad both times, bit for bit


def test_a_weight_that_is_infinite_in_one_place_and_differs_in_another_is_nothing_alike() -> None:
    trainer, first = begun()
    broken = Snapshot(trainer)
    trainer.weight.value = np.array([np.inf, 1, 1, 1], np.float32)
    first = FirstUpdates(broken, Snapshot(trainer), first.losses, 0.01)

    def differs(trainer: Batches, steps: int) -> None:
        trainer.train(steps)
        trainer.weight.value = np.array([np.inf, 2, 1, 1], np.float32)

    trainer.take = differs
    assert replay(trainer, first, 1, 1).first.most == 2.0


def test_retraces_of_the_replay_are_counted() -> None:
    trainer, first = begun()

    def traces(trainer: Batches, steps: int) -> None:
        trainer.traced += 1
        trainer.train(steps)

    trainer.take, trainer.traced = traces, 7
    assert replay(trainer, first, 1, 1).retraces == 5


def test_a_counter_of_updates_weighs_nothing_among_the_weights_but_must_agree() -> None:
    """As one vector with them it would be by far the longest."""
    trainer, first = begun()

    def little_less(trainer: Batches, steps: int) -> None:
        trainer.train(steps)
        trainer.weight.value = trainer.weight.value + np.float32(0.5)
        trainer.count(1000 * steps)

    trainer.take = little_less
    found = replay(trainer, first, 1, 1).first
    assert found.whole == pytest.approx(5 * 0.5 * 2 / np.hypot(15 * 2, 5 * 2), rel=0.1)
    assert (found.most, found.variable) == (pytest.approx(5000 / 5005), "iterations")


def test_a_variable_that_should_not_move_and_does_is_nothing_alike() -> None:
    trainer, first = begun()
    seed = a_variable("seed", np.uint32([1, 2]))
    kept = trainer.task.state()
    trainer.task.state = lambda: (*kept, seed)
    trainer.rewind()
    start = Snapshot(trainer)
    for _ in range(5):
        trainer.run(1)
    again = FirstUpdates(start, Snapshot(trainer), first.losses, 0.01)

    def draws(trainer: Batches, steps: int) -> None:
        trainer.train(steps)
        seed.value = seed.value + np.uint32(1)

    trainer.take = draws
    found = replay(trainer, again, 1, 1).first
    assert (found.whole, found.most, found.variable) == (0.0, 1.0, "seed")


def test_one_late_update_begins_at_the_first_weights_with_count_and_batch_where_they_are_and_leaves_no_trace() -> None:
    trainer, first = begun()
    before = [np.array(value) for value in trainer.read(trainer.task.state())]
    counts = []

    def counting(trainer: Batches, steps: int) -> None:
        counts.append(int(trainer.iterations.value))
        trainer.train(steps)

    trainer.take = counting
    found, calls = late(trainer, first.start, 18)
    assert calls.ops > 0
    assert (found.updates, found.updated) == (18, None)  # this optimizer is not Adam
    assert found.last_loss == 4.0  # of the first weights
    (gradient,) = found.gradients
    assert (gradient.weight, gradient.norm) == ("kernel", 4.0)  # the slot, one step from the start's
    after = trainer.read(trainer.task.state())
    assert all(np.array_equal(*values) for values in zip(before, after, strict=True))
    assert (trainer.place, counts) == (19, [18])  # a rate may depend on the count, and must as it does there


def test_a_late_update_that_nothing_but_a_replay_follows_puts_nothing_back() -> None:
    trainer, first = begun()
    found, _ = late(trainer, first.start, 18, directed=False, restores=False)
    (gradient,) = found.gradients
    assert (found.last_loss, gradient.norm, gradient.projections) == (4.0, 4.0, ())
    assert np.array_equal(trainer.slot.value, first.start.value(trainer.slot) + 1)
    assert replay(trainer, first, 2, 1).first.whole == 0.0


def test_variables_that_hold_no_number_are_named_averages_too() -> None:
    trainer: Any = Batches()
    trainer.task.averages = (a_variable("mean", np.float32(np.inf)), a_variable("variance", np.float32(1.0)))
    trainer.task.state = lambda: (trainer.weight, *trainer.task.averages, trainer.iterations)
    assert not_finite(trainer) == ("mean",)
    trainer.weight.value = np.array([1, np.nan], np.float32)
    assert not_finite(trainer) == ("kernel", "mean")


def test_a_replay_takes_a_few_seconds_at_most() -> None:
    assert 1.0 <= replaying.REPLAY_S <= 5.0
