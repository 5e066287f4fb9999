"""Adam and SGD with momentum on plain variables, as one fused TensorFlow op a weight.

`apply` returns its update ops, so that a TF1 graph can fetch them; elsewhere they have already run.
The slots double as evidence: after the first step they hold that step's gradients (see `first_gradients`).
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import tensorflow as tf


class Optimizer(Protocol):
    """What the train step and the equal-work check need of an optimizer."""

    iterations: Any  # int64 variable: updates applied so far
    slots: tuple[Any, ...]  # one float32 variable a weight, proportional to the gradients after the first step

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        """Update the weights in place, given one gradient a weight; the update ops."""

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The gradients of the first step, from the slots' values right after it."""


def _zeros_like(variables: Sequence[Any], suffix: str) -> tuple[Any, ...]:
    return tuple(
        tf.Variable(np.zeros(v.shape, np.float32), trainable=False, name=f"{v.name.split(':')[0]}_{suffix}")
        for v in variables
    )


def _counter() -> Any:
    return tf.Variable(np.int64(0), trainable=False, name="iterations")


class Adam:
    """Adam (Kingma and Ba 2015, arXiv:1412.6980) with the paper's defaults."""

    def __init__(self, variables: Sequence[Any], learning_rate: float = 1e-3) -> None:
        self.variables, self.learning_rate = tuple(variables), learning_rate
        self.beta1, self.beta2, self.epsilon = 0.9, 0.999, 1e-8
        self.iterations = _counter()
        self.slots = _zeros_like(variables, "m")
        self._squares = _zeros_like(variables, "v")

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        # Reading assign_add's value, not the variable, is what orders the counter before the updates in a TF1 graph.
        step = tf.cast(tf.convert_to_tensor(self.iterations.assign_add(1)), tf.float32)
        beta1_power, beta2_power = tf.pow(self.beta1, step), tf.pow(self.beta2, step)
        return [
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=beta1_power,
                beta2_power=beta2_power,
                lr=self.learning_rate,
                beta1=self.beta1,
                beta2=self.beta2,
                epsilon=self.epsilon,
                grad=gradient,
            )
            for variable, m, v, gradient in zip(self.variables, self.slots, self._squares, gradients, strict=True)
        ]

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [slot / (1 - self.beta1) for slot in slots]


class SGDMomentum:
    """v <- momentum * v + g; w <- w - learning_rate * v (Sutskever et al. 2013, without Nesterov's look-ahead)."""

    def __init__(self, variables: Sequence[Any], learning_rate: float = 0.05, momentum: float = 0.9) -> None:
        self.variables, self.learning_rate, self.momentum = tuple(variables), learning_rate, momentum
        self.iterations = _counter()
        self.slots = _zeros_like(variables, "momentum")

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        counted = self.iterations.assign_add(1)
        updates = [
            tf.raw_ops.ResourceApplyMomentum(
                var=variable.handle,
                accum=slot.handle,
                lr=self.learning_rate,
                grad=gradient,
                momentum=self.momentum,
            )
            for variable, slot, gradient in zip(self.variables, self.slots, gradients, strict=True)
        ]
        return [counted, *updates]

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        return list(slots)
