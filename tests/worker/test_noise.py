"""The baseline's rounding noise, with a fake trainer."""

from typing import Any

import numpy as np
import pytest
from builders import FakeTrainer

from bench.analysis.validity import FAR_ROUNDINGS
from bench.worker.evidence import CURVE_STEPS
from bench.worker.noise import FAR, ROUNDING, measure_noise, moved
from bench.worker.snapshot import Snapshot
from bench.worker.trained import MARKS


@pytest.mark.parametrize("rounding", [*ROUNDING.values(), *FAR.values()])
def test_every_element_moves_by_the_rounding_up_or_down_the_same_in_every_process(rounding: float) -> None:
    weight = np.full(1000, 1.5, np.float32)
    changes = moved(weight, 3, rounding).astype(np.float64) / 1.5 - 1
    assert np.abs(changes) == pytest.approx(rounding, rel=0.4)  # float32 itself rounds the smallest of these moves
    assert 400 < (changes > 0).sum() < 600
    assert np.array_equal(moved(weight, 3, rounding), moved(weight, 3, rounding))
    assert moved(weight, 3, rounding).dtype == weight.dtype


class Linear(FakeTrainer):
    """Its gradient is twice its weight, and its loss the weight's first element; a step takes 1 off the weight."""

    def __init__(self) -> None:
        super().__init__()
        self.again: list[int] = []

    def step_again(self, number: int) -> None:
        (weight,), (slot,) = self.task.weights, self.task.optimizer.slots
        slot.value, self.loss_now = 2 * weight.value, float(weight.value[0])
        weight.value = weight.value - 1
        self.again.append(number)

    def sync(self) -> float:
        return self.loss_now


def test_the_noise_is_the_change_of_the_first_gradients_and_everything_is_put_back() -> None:
    trainer: Any = Linear()
    start = Snapshot(trainer)
    trainer.write(trainer.task.weights, [np.full(4, 7.0, np.float32)])  # as the steps of the curve have left it
    noise = measure_noise(trainer, start, [np.full(4, 2.0)], 3, "float32")
    assert noise.near == pytest.approx((2 * 2 * 2.0**-23,), rel=0.5)  # norm of four elements of 2 x 2^-23
    assert noise.far == (0.0,)  # in proportion
    assert noise.losses == pytest.approx((1.0, 0.0, -1.0), abs=1e-6)
    assert noise.far_loss
    assert noise.far_loss == pytest.approx(1 + FAR_ROUNDINGS * (noise.losses[0] - 1), abs=FAR["float32"] / 2)  # type: ignore[operator]
    assert trainer.again == [0, 0, 1, 2]
    assert trainer.task.weights[0].value.tolist() == [7.0] * 4


def test_a_gradient_that_jumps_when_the_weights_move_by_many_roundings_has_far_noise() -> None:
    class Jumping(Linear):
        def step_again(self, number: int) -> None:
            super().step_again(number)
            slot = self.task.optimizer.slots[0]
            slot.value = np.where(np.abs(slot.value - 2) > 1e-5, 5.0, slot.value)

    trainer: Any = Jumping()
    noise = measure_noise(trainer, Snapshot(trainer), [np.full(4, 2.0)], 1, "float32")
    assert noise.near == pytest.approx((2 * 2 * 2.0**-23,), rel=0.5)
    assert noise.far == pytest.approx((2 * 3.0,), rel=1e-3)


class Walking(Linear):
    """The batches in order, as far as the first mark."""

    def step_again(self, number: int) -> None:
        super().step_again(number)
        self.iterations.value = self.iterations.value + 1


def test_the_moved_training_goes_on_to_the_first_mark_on_the_batches_in_order() -> None:
    trainer: Any = Walking()
    noise = measure_noise(trainer, Snapshot(trainer), [np.full(4, 2.0)], CURVE_STEPS, "float32")
    assert trainer.again == [0, 0, *range(1, MARKS[0])]
    assert noise.reached
    assert noise.reached.updates == MARKS[0]
    assert noise.reached.lengths == pytest.approx((MARKS[0] * 2.0,))  # ten steps of 1 in each of four elements
    assert noise.reached.last_loss == pytest.approx(1.0 - (MARKS[0] - 1), abs=1e-5)
    assert noise.losses == pytest.approx((1.0, 0.0, -1.0, -2.0, -3.0), abs=1e-6)
    assert trainer.task.weights[0].value.tolist() == [1.0] * 4
    assert int(trainer.iterations.value) == 0


@pytest.mark.parametrize(("steps", "repeats"), [(2, np.inf), (CURVE_STEPS, 8), (CURVE_STEPS, MARKS[0])])
def test_slow_steps_or_batches_that_need_not_come_again_leave_the_mark_unknown(steps: int, repeats: float) -> None:
    trainer: Any = Walking()
    trainer.task.inputs.repeats = repeats
    noise = measure_noise(trainer, Snapshot(trainer), [np.full(4, 2.0)], steps, "float32")
    assert noise.reached is None
    assert len(noise.losses) == steps
    assert max(trainer.again) < 8


def test_a_change_that_is_not_finite_is_unknown() -> None:
    trainer: Any = Linear()
    noise = measure_noise(trainer, Snapshot(trainer), [np.full(4, np.nan)], 1, "mixed_bfloat16")
    assert (noise.near, noise.far, noise.far_loss) == ((None,), (), None)


def test_the_analysis_knows_how_much_further_the_far_move_is() -> None:
    assert FAR["float32"] / ROUNDING["float32"] == FAR_ROUNDINGS
