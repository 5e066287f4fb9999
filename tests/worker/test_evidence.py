"""The evidence of equal work, from fake trainers."""

import tracemalloc

import numpy as np
import pytest
from builders import FakeTrainer

from bench.worker.evidence import CURVE_STEPS, PROJECTIONS, finite, loss_curve, projections, sketch
from bench.worker.timer import time_slice


def test_comparing_gradients_takes_little_memory_and_keeps_lengths() -> None:
    gradient = np.linspace(-1.0, 1.0, 1_000_000)
    tracemalloc.start()
    (sketched,) = sketch(["kernel:0"], [gradient])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * gradient.nbytes
    assert len(sketched.projections) == PROJECTIONS
    assert all(-5 < (projection or 0.0) / np.linalg.norm(gradient) < 5 for projection in sketched.projections)


def test_projections_are_products_with_ones_of_either_sign_the_same_each_time() -> None:
    unit = np.eye(20)
    signs = np.array([projections(row, 7) for row in unit])  # of each direction's element
    assert set(signs.ravel()) == {-1.0, 1.0}
    values = np.linspace(-1.0, 2.0, 20)
    assert projections(values, 7) == pytest.approx(tuple(values @ signs))
    assert projections(values, 8) != projections(values, 7)


@pytest.mark.parametrize(("step_s", "steps"), [(0.5, CURVE_STEPS - 1), (2.0, 2), (10.0, 1)])
def test_the_loss_curve_ends_after_its_steps_or_its_seconds_but_has_two_losses(step_s: float, steps: int) -> None:
    trainer = FakeTrainer(step_s=step_s)
    second = time_slice(trainer, 1, trainer.clock)
    assert loss_curve(lambda: time_slice(trainer, 1, trainer.clock), [second]) == [(step_s, 2.3)] * steps


def test_what_is_not_finite_is_none() -> None:
    assert [finite(number) for number in (1.5, float("nan"), float("inf"))] == [1.5, None, None]
