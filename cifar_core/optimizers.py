"""Adam and SGD with momentum on plain variables, as one fused TensorFlow op a weight.

`apply` returns its update ops, so that a TF1 graph can fetch them; elsewhere they have already run.
The slots double as evidence: after the first step they hold that step's gradients (see `first_gradients`).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from cifar_core.recipe import Recipe


class Optimizer(Protocol):
    """What the train step and the equal-work check need of an optimizer."""

    iterations: Any  # int64 variable: updates applied so far
    slots: tuple[Any, ...]  # one float32 variable a weight, proportional to the gradients after the first step

    by_change: bool  # whether `first_gradients` gives the weights' first change instead, for want of such slots

    squares: tuple[Any, ...]  # of Adam, the second moments, one variable a weight; else empty

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        """Update the weights in place, given one gradient a weight; the update ops."""

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The gradients of the first step, from the slots' values right after it."""

    def state(self) -> tuple[Any, ...]:
        """Every variable that a checkpoint must hold, the weights aside."""

    def hyperparameters(self) -> dict[str, float]:
        """What is in force of its settings, by Keras' names; what is off (weight decay 0) is left out."""


def _zeros_like(variables: Sequence[Any], suffix: str) -> tuple[Any, ...]:
    return tuple(
        tf.Variable(np.zeros(v.shape, np.float32), trainable=False, name=f"{v.name.split(':')[0]}_{suffix}")
        for v in variables
    )


def _counter() -> Any:
    return tf.Variable(np.int64(0), trainable=False, name="iterations")


Rate = float | Callable[[Any], Any]  # a learning rate, or one for each update by its number (float32, from 1)


def schedule(recipe: Recipe) -> Rate:
    """The recipe's learning rate: constant, or a linear warm-up, then half a cosine or a line down to zero."""
    if recipe.schedule == "constant":
        return recipe.learning_rate

    def rate(step: Any) -> Any:
        warm = tf.minimum(1.0, step / max(1, recipe.warmup_steps))
        done = tf.clip_by_value((step - recipe.warmup_steps) / max(1, recipe.steps - recipe.warmup_steps), 0.0, 1.0)
        left = 1 - done if recipe.schedule == "linear" else 0.5 * (1 + tf.cos(math.pi * done))
        return recipe.learning_rate * warm * left

    return rate


class Adam:
    """Adam (Kingma and Ba 2015, arXiv:1412.6980) with the paper's defaults.

    `weight_decay` is decoupled (AdamW, Loshchilov and Hutter 2019, arXiv:1711.05101): each update first takes
    learning rate x decay of every kernel; biases are left alone.
    """

    by_change = False

    def __init__(self, variables: Sequence[Any], learning_rate: Rate = 1e-3, weight_decay: float = 0.0) -> None:
        self.variables, self.learning_rate, self.weight_decay = tuple(variables), learning_rate, weight_decay
        self.beta1, self.beta2, self.epsilon = 0.9, 0.999, 1e-8
        self.iterations = _counter()
        self.slots = _zeros_like(variables, "m")
        self.squares = _zeros_like(variables, "v")

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        # Reading assign_add's value, not the variable, is what orders the counter before the updates in a TF1 graph.
        step = tf.cast(tf.convert_to_tensor(self.iterations.assign_add(1)), tf.float32)
        rate = self.learning_rate(step) if callable(self.learning_rate) else self.learning_rate
        # In a TF1 graph nothing else keeps the decay between the forward pass that made the gradients and the update.
        with tf.control_dependencies(self._decay(rate, gradients)):
            return self._update(rate, step, gradients)

    def _decay(self, rate: Any, gradients: Sequence[Any]) -> list[Any]:
        if not self.weight_decay:
            return []
        with tf.control_dependencies(list(gradients)):
            return [
                variable.assign_sub(rate * self.weight_decay * variable)
                for variable in self.variables
                if len(variable.shape) > 1
            ]

    def _update(self, rate: Any, step: Any, gradients: Sequence[Any]) -> list[Any]:
        beta1_power, beta2_power = tf.pow(self.beta1, step), tf.pow(self.beta2, step)
        return [
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=beta1_power,
                beta2_power=beta2_power,
                lr=rate,
                beta1=self.beta1,
                beta2=self.beta2,
                epsilon=self.epsilon,
                grad=gradient,
            )
            for variable, m, v, gradient in zip(self.variables, self.slots, self.squares, gradients, strict=True)
        ]

    def state(self) -> tuple[Any, ...]:
        """Every variable that a checkpoint must hold, the weights aside."""
        return (self.iterations, *self.slots, *self.squares)

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [slot / (1 - self.beta1) for slot in slots]

    def hyperparameters(self) -> dict[str, float]:
        names = {"beta_1": self.beta1, "beta_2": self.beta2, "epsilon": self.epsilon, "weight_decay": self.weight_decay}
        rate = {} if callable(self.learning_rate) else {"learning_rate": self.learning_rate}
        # The fused op takes them as float32.
        return {name: float(np.float32(value)) for name, value in (rate | names).items() if value}


class SGDMomentum:
    """v <- momentum * v + g; w <- w - learning_rate * v (Sutskever et al. 2013).

    With Nesterov's look-ahead w <- w - learning_rate * (g + momentum * v). `weight_decay` times the weight is added to
    the gradient of every kernel.
    """

    by_change = False
    squares = ()

    def __init__(
        self, variables: Sequence[Any], learning_rate: Rate = 0.05, momentum: float = 0.9, nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:  # fmt: skip
        self.variables, self.learning_rate, self.momentum = tuple(variables), learning_rate, momentum
        self.nesterov, self.weight_decay = nesterov, weight_decay
        self.iterations = _counter()
        self.slots = _zeros_like(variables, "momentum")

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        counted = self.iterations.assign_add(1)
        step = tf.cast(tf.convert_to_tensor(counted), tf.float32)
        rate = self.learning_rate(step) if callable(self.learning_rate) else self.learning_rate
        updates = [
            tf.raw_ops.ResourceApplyMomentum(
                var=variable.handle,
                accum=slot.handle,
                lr=rate,
                grad=self._decayed(gradient, variable),
                momentum=self.momentum,
                use_nesterov=self.nesterov,
            )
            for variable, slot, gradient in zip(self.variables, self.slots, gradients, strict=True)
        ]
        return [counted, *updates]

    def _decayed(self, gradient: Any, variable: Any) -> Any:
        decays = self.weight_decay and len(variable.shape) > 1
        return gradient + self.weight_decay * variable if decays else gradient

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        return list(slots)

    def state(self) -> tuple[Any, ...]:
        return (self.iterations, *self.slots)

    def hyperparameters(self) -> dict[str, float]:
        more = {"nesterov": float(self.nesterov), "weight_decay": self.weight_decay}
        rate = {} if callable(self.learning_rate) else {"learning_rate": self.learning_rate}
        return {**rate, "momentum": self.momentum, **{name: value for name, value in more.items() if value}}


def of_recipe(recipe: Recipe, variables: Sequence[Any]) -> Optimizer:
    """SGD with Nesterov's momentum where the recipe has momentum, else Adam."""
    if recipe.momentum:
        return SGDMomentum(variables, schedule(recipe), recipe.momentum, True, recipe.weight_decay)
    return Adam(variables, schedule(recipe), recipe.weight_decay)


class KerasOptimizer:
    """A keras.optimizers.Optimizer on Keras' or plain variables, outside a TF1 graph.

    Its momenta are the evidence where they hold the first gradients times a constant, as Adam's and SGD's do (for SGD
    the learning rate stays in). Else the evidence is each weight's change over the first step.
    """

    def __init__(self, optimizer: Any, variables: Sequence[Any]) -> None:
        self.optimizer, self.variables = optimizer, tuple(variables)
        optimizer.build(list(variables))
        self.iterations = optimizer.iterations
        paths = [slot.path for slot in optimizer.variables]
        momenta = [slot for slot in optimizer.variables if slot.path.endswith("_momentum")]
        # RMSprop's momentum is of gradients that were already divided by their own size.
        linear = hasattr(optimizer, "beta_1") or not any(path.endswith("_velocity") for path in paths)
        self.by_change = not linear or len(momenta) != len(self.variables)
        self.slots = self.variables if self.by_change else tuple(momenta)
        self._before = [variable.numpy() for variable in self.variables] if self.by_change else []
        velocities = [slot for slot in optimizer.variables if slot.path.endswith("_velocity")]
        adam = any(kind.__name__ == "Adam" for kind in type(optimizer).__mro__)
        self.squares = tuple(velocities) if adam else ()

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        self.optimizer.apply_gradients(zip(gradients, self.variables, strict=True))
        return []

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        if self.by_change:
            return [after - before for after, before in zip(slots, self._before, strict=True)]
        return [slot / (1 - getattr(self.optimizer, "beta_1", 0.0)) for slot in slots]

    def state(self) -> tuple[Any, ...]:
        return tuple(self.optimizer.variables)

    def hyperparameters(self) -> dict[str, float]:
        return self.settings(self.optimizer)

    @staticmethod
    def settings(optimizer: Any) -> dict[str, float]:
        """Of a schedule of learning rates, each of its numbers under its own name."""
        config = optimizer.get_config()
        if not config.get("use_ema"):  # its other two settings have values, used or not
            config = {name: value for name, value in config.items() if not name.startswith("ema_")}
        return dict(_numbers(config))


def _numbers(config: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    """The numbers in force of a nested configuration; 0, None, False and no limit say that something is off."""
    for name, value in config.items():
        if isinstance(value, list | tuple):
            value = {str(place): item for place, item in enumerate(value)}
        if isinstance(value, dict):
            yield from _numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float | np.number) and value and np.isfinite(value):
            yield f"{prefix}{name}", float(value)
