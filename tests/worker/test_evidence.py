"""The evidence of equal work, from fake trainers."""

import tracemalloc

import numpy as np
import pytest
from builders import FakeTrainer

from bench.worker.evidence import CURVE_STEPS, PROJECTIONS, finite, loss_curve, sketch


def test_comparing_gradients_takes_little_memory_and_the_directions_of_kept_runs() -> None:
    gradient = np.linspace(-1.0, 1.0, 1_000_000)
    tracemalloc.start()
    (sketched,) = sketch(["kernel:0"], [gradient])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * gradient.nbytes
    directions = np.random.default_rng(0).standard_normal((PROJECTIONS, gradient.size))
    assert sketched.projections == pytest.approx(tuple(directions @ gradient))


@pytest.mark.parametrize(("step_s", "steps"), [(0.5, CURVE_STEPS - 1), (2.0, 2), (10.0, 1)])
def test_the_loss_curve_ends_after_its_steps_or_its_seconds_but_has_two_losses(step_s: float, steps: int) -> None:
    trainer = FakeTrainer(step_s=step_s)
    assert loss_curve(trainer, trainer.clock) == [(step_s, 2.3)] * steps  # type: ignore[arg-type]


def test_what_is_not_finite_is_none() -> None:
    assert [finite(number) for number in (1.5, float("nan"), float("inf"))] == [1.5, None, None]
