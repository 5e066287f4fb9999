"""A person's own keras.Model whose `train_step` is the step: one that they wrote, or Keras' where it does more.

Every mode calls that very method. Beside it the task only counts the steps: an optimizer's count need not be theirs,
as with gradients that are gathered over several steps, or with two optimizers.
"""

from collections.abc import Sequence
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.errors import ModelError, Unsuited
from cifar_core.inputs import Inputs
from cifar_core.optimizers import KerasOptimizer
from cifar_core.own_batches import OwnBatches
from cifar_core.own_networks import CALLED, KerasNetwork
from cifar_core.own_state import Held, each_once, settled
from cifar_core.training import floating


class Stepped:
    """Whatever optimizers a step has, in the place of one: the evidence of the first update, all state, the settings.

    The evidence are the gradients where every weight's stand in some optimizer after the first step, else the weights'
    changes. `iterations` counts the steps; of a step that trains nothing it is the one weight.
    """

    squares: tuple[Any, ...] = ()

    def __init__(self, optimizers: Sequence[Any], weights: Sequence[Any], others: Sequence[Any]) -> None:
        """`others` are the variables beside the weights and the optimizers' own."""
        self.iterations = tf.Variable(np.int64(0), trainable=False, name="steps")
        self._optimizers, self._weights = tuple(optimizers), tuple(weights) or (self.iterations,)
        known = {id(weight) for weight in weights}
        kept = (v for optimizer in optimizers for v in optimizer.variables if id(v) not in known)
        self._state = each_once([*kept, *others])
        slots = {place: slot for optimizer in optimizers for place, slot in _slots(optimizer).items()}
        self.by_change = not all(id(weight) in slots for weight in self._weights)
        held = [] if self.by_change else [slots[id(weight)] for weight in self._weights]
        self.slots, self._scales = tuple(slot for slot, _ in held) or self._weights, [scale for _, scale in held]
        self._before = [weight.numpy() for weight in self._weights] if self.by_change else []

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        if self.by_change:
            return [after - before for after, before in zip(slots, self._before, strict=True)]
        return [slot / scale for slot, scale in zip(slots, self._scales, strict=True)]

    def state(self) -> tuple[Any, ...]:
        """Every variable of the optimizers and of what else is reached, the weights aside."""
        return (self.iterations, *self._state)

    def hyperparameters(self) -> dict[str, float]:
        """Of several optimizers each setting with the optimizer's number before it."""
        each = [KerasOptimizer.settings(optimizer) for optimizer in self._optimizers]
        if len(each) == 1:
            return each[0]
        return {f"{number}.{name}": value for number, one in enumerate(each, 1) for name, value in one.items()}


def _slots(optimizer: Any) -> dict[int, tuple[Any, float]]:
    """By each weight's identity: what holds its first gradient after a step, and times what."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)  # of one that scales the loss
    weights = list(getattr(inner, "_trainable_variables", ()))
    if not inner.built or not weights:
        return {}
    if inner.gradient_accumulation_steps:
        return {
            id(w): (slot, 1.0)
            for w, slot in zip(weights, inner._accumulated_gradients, strict=True)
            if slot is not None
        }
    evidence = KerasOptimizer(inner, weights)
    if evidence.by_change:
        return {}
    return {id(w): (slot, 1 - getattr(inner, "beta_1", 0.0)) for w, slot in zip(weights, evidence.slots, strict=True)}


MOST_STEPS = 16  # in which every optimizer of a step is used; one that acts more seldom is not known of


class OwnTrainStep:
    """A task whose step is the model's own `train_step`. Not to be made in a graph. Raises ModelError."""

    first_step = 0
    initial: Sequence[tuple[Any, Any]] = ()
    precision = "float32"

    def __init__(self, model: Any, inputs: Inputs, why: str) -> None:
        """The model is compiled. Its step is taken, and all is put back, so that every variable is there.

        `why` says what only this step does.
        """
        self.keras_model, self.inputs, self.why = model, inputs, why
        self._own_step = model.train_step  # whose place Keras' loop gives to one that takes notes
        settled(self._until_all_is_built, model)
        reached = Held(model)
        self.weights = each_once([*model.trainable_variables, *_trained(reached.optimizers)])
        if not self.weights:
            raise ModelError(f"the model has no trainable variables, so nothing can be trained; it must be {CALLED}")
        used = [optimizer for optimizer in reached.optimizers if optimizer.built]
        known = {id(v) for v in (*self.weights, *(v for optimizer in used for v in optimizer.variables))}
        others = [variable for variable in reached.variables if id(variable) not in known]
        self.averages = floating(others)
        self.optimizer = Stepped(used, self.weights, others)
        self.model = _Held(model)

    def _until_all_is_built(self) -> None:
        """Once; again while an optimizer has not met its weights, as one that acts in every fourth step."""
        for values in islice(self.inputs.feed(), MOST_STEPS):
            self._own_step(self._data(*values))
            trained = {id(weight) for weight in _trained(Held(self.keras_model).optimizers)}
            if all(id(weight) in trained for weight in self.keras_model.trainable_variables):
                return

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        """One step on the batch that `values` name: a number of what it returns, and no update ops, which have run."""
        return number_of(self.train_step(self._data(*values))), []

    def train_step(self, data: Any) -> Any:
        """The person's own, counted. Raises Unsuited where it cannot be traced: eagerly it ran when this was made."""
        self.optimizer.iterations.assign_add(1)
        try:
            return self._own_step(data)
        except Exception as error:
            if tf.executing_eagerly():
                raise
            raise Unsuited(f"its train_step cannot be traced into a graph: {_reason(error)}") from error

    def _data(self, *values: Any) -> Any:
        """A batch as Keras' fit hands it to the step."""
        return self.inputs.item(*values) if isinstance(self.inputs, OwnBatches) else self.inputs.batch(*values)[:2]

    def before_steps(self) -> Any:
        """What stands for the loss before the first step of a loop in a graph."""
        return tf.constant(0.0)

    def begin_run(self) -> None:
        """What the metrics say is a mean since here, as it is since the start of an epoch."""
        self.keras_model.reset_metrics()

    @property
    def random_layers(self) -> tuple[str, ...]:
        """The kinds of layers that draw random numbers in training."""
        return self.model.random_layers

    @property
    def computes_in(self) -> str:
        """The precision of the model's own policy, where that is not float32."""
        return self.model.computes_in

    def state(self) -> tuple[Any, ...]:
        """Every variable that changes while training, the weights first."""
        return (*self.weights, *self.optimizer.state())


class _Held(KerasNetwork):
    """A model of which nothing but its own step is called."""

    def __init__(self, model: Any) -> None:
        self.model = model


def _reason(error: Exception) -> str:
    """The last line of the error: AutoGraph and Keras put theirs before it."""
    lines = str(error).strip().splitlines()
    return lines[-1].strip() if lines else type(error).__name__


def _trained(optimizers: Sequence[Any]) -> list[Any]:
    inner = [getattr(optimizer, "inner_optimizer", optimizer) for optimizer in optimizers]
    return [weight for each in inner if each.built for weight in getattr(each, "_trainable_variables", ())]


def number_of(logs: Any) -> Any:
    """One number of what a step returns: its "loss", else the sum of its numbers; 0 where it has none."""
    if isinstance(logs, dict) and "loss" in logs:
        logs = logs["loss"]
    numbers = [tf.cast(value, tf.float32) for value in tf.nest.flatten(logs) if value is not None]
    sums = [number if number.shape.rank == 0 else tf.reduce_sum(number) for number in numbers]
    return tf.add_n(sums) if len(sums) > 1 else sums[0] if sums else tf.constant(0.0)
