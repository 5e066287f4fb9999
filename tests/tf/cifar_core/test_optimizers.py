"""What an optimizer says of itself: its settings in force, and Adam's second moments."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from bench.worker.snapshot import Snapshot
from bench.worker.update_test import recomputed
from cifar_core.optimizers import Adam, KerasOptimizer, SGDMomentum

schedules = keras.optimizers.schedules
ADAM = {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}


def rounded(settings: dict[str, float]) -> dict[str, float]:
    return {name: float(np.float32(value)) for name, value in settings.items()}


def of_keras(optimizer: Any) -> KerasOptimizer:
    return KerasOptimizer(optimizer, [tf.Variable(np.ones((3, 2), np.float32)), tf.Variable(np.ones(2, np.float32))])


def settings(optimizer: Any) -> dict[str, float]:
    return of_keras(optimizer).hyperparameters()


def test_adams_settings_are_those_that_its_fused_op_takes() -> None:
    assert Adam([tf.Variable([1.0])]).hyperparameters() == rounded(ADAM)
    with_decay = Adam([tf.Variable([1.0])], weight_decay=5e-4).hyperparameters()
    assert with_decay == rounded(ADAM | {"weight_decay": 5e-4})


def test_a_scheduled_rate_is_no_setting() -> None:
    assert "learning_rate" not in Adam([tf.Variable([1.0])], lambda step: step).hyperparameters()


def test_momentum_has_its_settings_and_no_second_moments() -> None:
    optimizer = SGDMomentum([tf.Variable([1.0])], 0.1, 0.8)
    assert (optimizer.hyperparameters(), optimizer.squares) == ({"learning_rate": 0.1, "momentum": 0.8}, ())


@pytest.mark.parametrize(
    ("optimizer", "more"),
    [
        (keras.optimizers.Adam(1e-3), {}),
        (keras.optimizers.Adam(1e-3, amsgrad=True), {"amsgrad": 1.0}),
        (keras.optimizers.AdamW(1e-3, weight_decay=0.01), {"weight_decay": 0.01}),
        (keras.optimizers.Adam(1e-3, clipnorm=2.0), {"clipnorm": 2.0}),
        (keras.optimizers.Adam(1e-3, clipnorm=float("inf")), {}),  # no limit
        (keras.optimizers.Adam(1e-3, use_ema=True, ema_momentum=0.9), {"use_ema": 1.0, "ema_momentum": 0.9}),
        (keras.optimizers.Adam(1e-3, epsilon=np.float32(1e-7)), {}),
    ],
)
def test_of_kerass_settings_those_in_force_are_named(optimizer: Any, more: dict[str, float]) -> None:
    plain = {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7}
    assert settings(optimizer) == pytest.approx(plain | more)


def test_each_number_of_a_schedule_is_a_setting_those_in_lists_too() -> None:
    steps = settings(keras.optimizers.SGD(schedules.PiecewiseConstantDecay([5, 9], [0.1, 0.02, 0.003])))
    assert [value for name, value in steps.items() if ".boundaries." in name] == [5.0, 9.0]
    assert [value for name, value in steps.items() if ".values." in name] == [0.1, 0.02, 0.003]
    cosine = settings(keras.optimizers.SGD(schedules.CosineDecay(0.1, 100)))
    assert cosine["learning_rate.config.initial_learning_rate"] == 0.1
    assert cosine["learning_rate.config.decay_steps"] == 100.0
    assert "learning_rate" not in cosine


@pytest.mark.parametrize(
    ("optimizer", "moments", "by_change"),
    [
        (keras.optimizers.Adam(), 2, False),
        (keras.optimizers.AdamW(), 2, False),
        (keras.optimizers.SGD(0.1, momentum=0.9), 0, False),
        (keras.optimizers.SGD(0.1), 0, True),
        (keras.optimizers.RMSprop(), 0, True),
        (keras.optimizers.Nadam(), 0, False),
    ],
)
def test_second_moments_are_adams_only_one_a_weight(optimizer: Any, moments: int, by_change: bool) -> None:
    found = of_keras(optimizer)
    assert (len(found.squares), found.by_change) == (moments, by_change)
    assert [tuple(square.shape) for square in found.squares] == [(3, 2), (2,)][:moments]
    assert any(variable is found.iterations for variable in found.state())


class Alone:
    """An optimizer with its weights, as a trainer that takes gradients by hand."""

    def __init__(self, make: Any) -> None:
        draw = np.random.default_rng(0)
        self.draw = draw
        self.weights = [tf.Variable(draw.normal(0, 0.1, shape).astype(np.float32)) for shape in ((30, 20), (20,))]
        self.optimizer = make(self.weights)
        self.task = self

    def state(self) -> tuple[Any, ...]:
        return (*self.weights, *self.optimizer.state())

    def read(self, variables: Any) -> list[Any]:
        return [variable.numpy() for variable in variables]

    def update(self) -> None:
        gradients = [self.draw.normal(0, 0.01, weight.shape).astype(np.float32) for weight in self.weights]
        self.optimizer.apply([tf.constant(gradient) for gradient in gradients])


@pytest.mark.parametrize("make", [Adam, lambda weights: KerasOptimizer(keras.optimizers.Adam(1e-3), weights)])
def test_real_updates_by_adam_are_a_few_rounding_units_from_float64(make: Any) -> None:
    alone: Any = Alone(make)
    for number in range(1, 12):
        before = Snapshot(alone)
        alone.update()
        found = recomputed(alone, before, number)
        assert found
        assert (found.off or 99) < 20, number
        assert (found.along or 0) < 20
        assert (found.moment or 99) < 1e-4


@pytest.mark.parametrize(
    "make",
    [
        SGDMomentum,
        lambda weights: Adam(weights, weight_decay=0.01),
        lambda weights: Adam(weights, lambda step: 1e-3),
        lambda weights: KerasOptimizer(keras.optimizers.AdamW(1e-3), weights),
        lambda weights: KerasOptimizer(keras.optimizers.Adam(1e-3, amsgrad=True), weights),
        lambda weights: KerasOptimizer(keras.optimizers.RMSprop(1e-3), weights),
    ],
)
def test_other_optimizers_are_not_held_to_adams_update(make: Any) -> None:
    alone: Any = Alone(make)
    before = Snapshot(alone)
    alone.update()
    assert recomputed(alone, before, 1) is None
