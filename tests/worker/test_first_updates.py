"""The first updates and what is kept of them, with fake trainers."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from builders import ENVIRONMENT, SCHEDULE, FakeTrainer, a_case, a_variable

from bench.records.messages import Order
from bench.worker.evidence import CURVE_STEPS
from bench.worker.first_updates import Begun, begin
from bench.worker.replay import REPLAY_S
from cifar_core.cifar10 import SYNTHETIC


class Learner(FakeTrainer):
    """Its loss falls with its updates, and each step leaves its number in the slot."""

    def __init__(self, step_s: float = 0.01, mode: str = "eager", trace_s: float = 0.0) -> None:
        super().__init__(mode, step_s=step_s, loss=lambda updates: 3.0 - updates / 10)
        self.trace_s = trace_s

    def trace(self) -> None:
        self.clock.now += self.trace_s

    def _update(self) -> None:
        super()._update()
        self.slot.value = np.full(4, float(self.iterations.value))


def an_order(**changes: Any) -> Order:
    return replace(Order(a_case(), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC), **changes)


def begun(trainer: Any, **changes: Any) -> Begun:
    return begin(trainer, an_order(**changes), "batches", trainer.clock)


def test_the_first_updates_give_losses_gradients_and_what_is_needed_to_repeat_them() -> None:
    trainer: Any = Learner()
    found = begun(trainer)
    assert found.evidence.first_losses == found.first.losses == pytest.approx((2.9, 2.8, 2.7, 2.6, 2.5))
    assert found.updates == int(trainer.iterations.value) == CURVE_STEPS
    assert found.first.start.value(trainer.weight).tolist() == [1.0] * 4
    assert found.first.after.value(trainer.weight).tolist() == [1.0 - CURVE_STEPS] * 4
    assert found.evidence.gradients[0].norm == 2.0  # of the first step, though later ones have gone over the slot
    assert found.evidence.hyperparameters == (("learning_rate", 1e-3),)
    assert (found.evidence.moved_losses, found.evidence.moved, found.evidence.updated) == ((), None, ())


def test_in_later_blocks_fewer_updates_are_to_be_repeated_and_as_many_losses_are_compared() -> None:
    found = begun(Learner(), in_full=False)
    assert found.evidence.first_losses == pytest.approx((2.9, 2.8, 2.7, 2.6, 2.5))
    assert found.first.losses == pytest.approx((2.9, 2.8, 2.7))
    assert found.first.after.value(found.watched).tolist() == [-2.0] * 4


def test_reading_the_state_between_the_steps_is_in_no_time() -> None:
    trainer: Any = Learner(mode="function", trace_s=2.0)
    read = trainer.read

    def slow(variables: Any) -> Any:
        trainer.clock.now += 100.0
        return read(variables)

    trainer.read = slow
    found = begun(trainer)
    assert (found.first_step_s, found.trace_s) == (pytest.approx(2.01), 2.0)
    assert found.first.step_s == pytest.approx(0.01)


def test_a_mode_that_traces_nothing_has_no_time_of_tracing() -> None:
    assert begun(Learner()).trace_s is None


def test_of_very_slow_steps_only_the_first_is_to_be_repeated_and_fewer_are_taken() -> None:
    trainer: Any = Learner(step_s=REPLAY_S)
    found = begun(trainer)
    assert found.evidence.first_losses == pytest.approx((2.9, 2.8))
    assert found.first.losses == pytest.approx((2.9,))
    assert found.first.after.value(trainer.weight).tolist() == [0.0] * 4  # after the first, not after both
    assert found.first.step_s == pytest.approx(REPLAY_S)


def test_settings_are_kept_in_the_order_of_their_names() -> None:
    trainer: Any = Learner()
    trainer.task.optimizer.hyperparameters = lambda: {"momentum": 0.9, "learning_rate": 0.1}
    assert begun(trainer).evidence.hyperparameters == (("learning_rate", 0.1), ("momentum", 0.9))


def test_a_loss_that_is_not_finite_is_kept_as_none() -> None:
    trainer: Any = Learner()
    trainer.loss = lambda updates: float("nan") if updates == 3 else 2.0
    assert begun(trainer).evidence.first_losses == (2.0, 2.0, None, 2.0, 2.0)


@pytest.mark.parametrize(("by_change", "measured"), [(False, True), (True, False)])
def test_noise_is_measured_where_it_is_ordered_and_the_optimizer_keeps_gradients(
    by_change: bool, measured: bool
) -> None:
    trainer: Any = Learner()
    trainer.task.optimizer.by_change = by_change
    found = begun(trainer, measures_noise=True)
    assert found.evidence.by_change is by_change
    assert bool(found.evidence.moved_losses) is measured
    assert (found.evidence.gradients[0].noise is not None) is measured
    assert int(trainer.iterations.value) == CURVE_STEPS  # all is put back


def weights(trainer: Any, *values: Any) -> list[Any]:
    """Beside the weight that moves, others that do not."""
    still = [a_variable(f"w{number}", value) for number, value in enumerate(values)]
    state = trainer.task.state()
    trainer.task.weights = [*still, trainer.weight]
    trainer.task.state = lambda: (*still, *state)
    trainer.task.optimizer.slots = [SimpleNamespace(name="m", value=np.zeros(1), shape=(1,)) for _ in still] + [
        trainer.slot
    ]
    return still


def test_the_smallest_weight_that_has_changed_is_watched() -> None:
    trainer: Any = Learner()
    weights(trainer, np.zeros(2), np.zeros(()), np.zeros(9))  # two of them smaller
    assert begun(trainer).watched is trainer.weight


def test_where_no_weight_has_changed_the_smallest_is_watched() -> None:
    trainer: Any = Learner()
    _, smallest = weights(trainer, np.zeros(9), np.zeros(()))

    def counts() -> None:
        trainer.iterations.value = trainer.iterations.value + 1

    trainer._update = counts
    assert begun(trainer).watched is smallest
