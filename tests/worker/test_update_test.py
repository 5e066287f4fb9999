"""Adam's update recomputed: honest float32 updates pass by far, other settings and other updates do not."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from builders import FakeTrainer, a_variable

from bench.analysis.updates import ALONG, MOMENT, OFF
from bench.worker import update_test
from bench.worker.snapshot import Snapshot
from bench.worker.update_test import SETTINGS, AdamUpdate, recomputed

F = np.float32
SHAPES = ((30, 40), (40,))
NAMED = {"learning_rate": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-8}


class AdamTrainer(FakeTrainer):
    """Adam in float32 on gradients that a seed draws. It trains with `used`, and names NAMED."""

    def __init__(self, used: dict[str, float] | None = None, size: float = 0.01, shapes: Any = SHAPES) -> None:
        super().__init__()
        draw = np.random.default_rng(0)
        self.draw, self.size = draw, size
        self.used = {name: F(value) for name, value in (NAMED | (used or {})).items()}
        weights, slots, squares = ([a_variable(f"{kind}{n}", self._drawn(shape) if kind == "w" else np.zeros(shape, F))
                                    for n, shape in enumerate(shapes)] for kind in "wmv")  # fmt: skip
        self.after: Callable[[AdamTrainer], None] = lambda trainer: None
        optimizer = SimpleNamespace(
            slots=slots, squares=squares, iterations=self.iterations, by_change=False,
            hyperparameters=lambda: {name: float(F(value)) for name, value in NAMED.items()},
        )  # fmt: skip
        state = (*weights, *slots, *squares, self.iterations)
        self.task = SimpleNamespace(weights=weights, averages=(), optimizer=optimizer, state=lambda: state)

    def _drawn(self, shape: tuple[int, ...]) -> Any:
        return self.draw.normal(0, 0.05, shape).astype(F)

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.iterations.value = self.iterations.value + 1
            optimizer = self.task.optimizer
            for parts in zip(self.task.weights, optimizer.slots, optimizer.squares, strict=True):
                self._update(*parts)
            self.after(self)

    def _update(self, weight: Any, m: Any, v: Any) -> None:
        rate, beta_1, beta_2, epsilon = (self.used[name] for name in SETTINGS)
        gradient = self.draw.normal(0, self.size, weight.shape).astype(F)
        number = F(self.iterations.value)
        size = rate * np.sqrt(F(1) - beta_2**number) / (F(1) - beta_1**number)
        m.value = m.value + (gradient - m.value) * (F(1) - beta_1)
        v.value = v.value + (gradient * gradient - v.value) * (F(1) - beta_2)
        weight.value = weight.value - size * m.value / (np.sqrt(v.value) + epsilon)


def recomputed_after(trainer: Any, number: int = 1) -> Any:
    """The test of the update of this number."""
    trainer.run(number - 1)
    before = Snapshot(trainer)
    trainer.run(1)
    return recomputed(trainer, before, number)


def passes(update: Any) -> bool:
    return bool(update.off is not None and update.off <= OFF and update.along <= ALONG and update.moment <= MOMENT)


@pytest.mark.parametrize("number", [1, 2, 3, 7, 100])
def test_honest_updates_are_a_few_rounding_units_off(number: int) -> None:
    update = recomputed_after(AdamTrainer(), number)
    assert update.updates == number
    assert 0 < update.off < OFF
    assert update.along < ALONG / 4
    assert update.moment < MOMENT / 4


@pytest.mark.parametrize("used", [
    {"learning_rate": 1.01e-3}, {"learning_rate": 0.999e-3}, {"beta_1": 0.89}, {"beta_2": 0.99}, {"epsilon": 1e-4},
])  # fmt: skip
@pytest.mark.parametrize("number", [1, 2, 7])
def test_another_setting_than_the_one_named_is_far_off(used: dict[str, float], number: int) -> None:
    assert not passes(recomputed_after(AdamTrainer(used), number))


def test_a_second_moment_that_decays_otherwise_is_named_by_itself() -> None:
    update = recomputed_after(AdamTrainer({"beta_2": 0.9985}), 2)
    assert update.moment > 100 * MOMENT


@pytest.mark.parametrize(("decay", "sign"), [(5e-4, 1), (5e-3, 1), (5e-4, -1)])
def test_a_decay_too_small_to_be_seen_in_an_element_is_seen_along_the_weight(decay: float, sign: int) -> None:
    trainer = AdamTrainer(shapes=((300, 400),))
    weight = trainer.task.weights[0]

    def decays(_: AdamTrainer) -> None:
        weight.value = weight.value * F(1 - sign * 1e-3 * decay)

    trainer.after = decays
    assert recomputed_after(trainer).along > 3 * ALONG


def test_steps_along_the_weight_that_are_all_longer_by_a_rounding_of_the_rate_are_no_decay() -> None:
    trainer = AdamTrainer({"learning_rate": 1e-3 * (1 + 1e-5)}, shapes=((300, 400),))
    trainer.draw = SimpleNamespace(normal=lambda *_: -trainer.task.weights[0].value)  # type: ignore[assignment]
    assert passes(recomputed_after(trainer))


@pytest.mark.parametrize("left_out", [0, 1])
def test_a_weight_that_is_not_updated_is_named(left_out: int) -> None:
    trainer = AdamTrainer()
    weight = trainer.task.weights[left_out]
    kept = weight.value

    def puts_back(_: AdamTrainer) -> None:
        weight.value = kept

    trainer.after = puts_back
    update = recomputed_after(trainer)
    assert update.off > 100 * OFF
    assert update.weight == f"w{left_out}"


def test_one_element_among_many_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_test, "CHUNK", 7)
    trainer = AdamTrainer()

    def one_more(trainer: AdamTrainer) -> None:
        trainer.task.weights[0].value[29, 39] += F(1e-4)

    assert passes(recomputed_after(AdamTrainer()))
    trainer.after = one_more
    assert recomputed_after(trainer).off > OFF


@pytest.mark.parametrize("size", [1e-25, 1e-19, 1e-15, 0.0])
def test_gradients_whose_squares_float32_cannot_hold_are_no_fault(size: float) -> None:
    assert passes(recomputed_after(AdamTrainer(size=size), 2))


def test_a_weight_without_elements_or_of_one_is_tested_too() -> None:
    assert passes(recomputed_after(AdamTrainer(shapes=((0, 3), (2,), ()))))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("part", ["weights", "slots", "squares"])
def test_what_is_not_finite_never_passes(bad: float, part: str) -> None:
    trainer = AdamTrainer()

    def breaks(trainer: AdamTrainer) -> None:
        variables = trainer.task.weights if part == "weights" else getattr(trainer.task.optimizer, part)
        variables[1].value = np.full_like(variables[1].value, bad)

    trainer.after = breaks
    update = recomputed_after(trainer)
    assert not passes(update)
    assert update.weight == "w1" or update.off is not None


@pytest.mark.parametrize("settings", [
    NAMED | {"weight_decay": 1e-4}, NAMED | {"amsgrad": 1.0}, {"learning_rate": 0.1, "momentum": 0.9}, {},
    {name: value for name, value in NAMED.items() if name != "learning_rate"},
])  # fmt: skip
def test_only_plain_adam_is_recomputed(settings: dict[str, float]) -> None:
    trainer = AdamTrainer()
    trainer.task.optimizer.hyperparameters = lambda: settings
    assert recomputed_after(trainer) is None


def test_an_optimizer_without_second_moments_is_none() -> None:
    trainer = AdamTrainer()
    before = Snapshot(trainer)  # type: ignore[arg-type]
    trainer.task.optimizer.squares = ()
    assert recomputed(trainer, before, 1) is None  # type: ignore[arg-type]


def test_the_size_of_a_step_is_the_papers() -> None:
    for number in (1, 2, 1000):
        adam = AdamUpdate(1e-3, 0.9, 0.999, 1e-8, number)
        assert adam.size == pytest.approx(1e-3 * np.sqrt(1 - 0.999**number) / (1 - 0.9**number))
    assert AdamUpdate(1e-3, 0.9, float(F(0.999)), 1e-8, 1).own == 1e-6
    assert AdamUpdate(1e-3, 0.9, 0.999, 1e-8, 1).own == pytest.approx(1.4e-5, rel=0.1)  # 1 - beta_2 in Python
