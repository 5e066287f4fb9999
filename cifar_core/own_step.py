"""A person's own step, named `module:function`: any computation on a batch, with any number of optimizers or none.

The function is a factory, which is called with nothing or with (batch_size, seed) and returns a dict:

step       step(batch) -> the outputs: tensors in lists, dicts and tuples, or None
batches    a list, or anything to iterate, of batches: whatever the step takes; used again from its start
variables  optional: the variables that it changes. Default: all that the step's code reaches

or it is the step itself: then it is called with the arguments that were typed, or with none. Seeds are set before. The
step runs once beforehand, and every variable is put back, so that all is there that is made at the first call.
Imports and runs the person's code: only in a child process.
"""

import inspect
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from cifar_core.errors import ModelError, Unsuited
from cifar_core.inputs import keep
from cifar_core.own_batches import OwnBatches
from cifar_core.own_code import find, set_seeds
from cifar_core.own_state import Held, each_once, settled
from cifar_core.own_train_step import Stepped
from cifar_core.tensors import tensors
from cifar_core.training import floating
from cifar_core.workload import Workload

KEYS = ("step", "batches", "variables")


class _Given(NamedTuple):
    """What a person's code gave: the step, all its batches, and its variables or None."""

    step: Callable[..., Any]
    batches: Any
    variables: Any = None


class OwnStep:
    """A workload's own step: imported and looked at. Not to be made in a graph. Raises ModelError."""

    is_keras = False

    def __init__(self, workload: Workload) -> None:
        set_seeds(workload.seed)
        self._precision = workload.precision
        self._given = _given(find(workload.model, "a step, or a factory of one"), workload)
        self.batches = OwnBatches(lambda: self._given.batches, pairs=False)

    def task(self, inputs: Callable[[Callable[[Any], Any]], OwnBatches], hold: Callable[[Any], Any] = keep) -> Any:
        """The task. Raises Unsuited in a TF1 graph."""
        if not tf.executing_eagerly():
            raise Unsuited("a step of one's own uses variables that are made outside a tf.Graph")
        step = getattr(self._given.step, "python_function", self._given.step)  # of a tf.function: the modes trace it
        return FunctionTask(step, self._given.variables, inputs(hold), self._precision)


def _given(function: Callable[..., Any], workload: Workload) -> _Given:
    if workload.arguments:
        return _called_with(function, workload.arguments)
    parameters = inspect.signature(function).parameters.values()
    needed = sum(p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD for p in parameters)
    try:
        made = function(*(workload.batch_size, workload.seed)[:needed])
    except TypeError as error:
        raise ModelError(f"{error}; a factory takes nothing or (batch_size, seed), a step its --args") from error
    if not isinstance(made, dict) or "step" not in made:
        return _Given(function, [()])  # the step itself, which takes nothing
    strange = [str(key) for key in made if key not in KEYS]
    if strange or "batches" not in made or not callable(made["step"]):
        has = ", ".join(map(str, made))
        raise ModelError(
            f"the factory's dict has {has}; it must have step, to be called, and batches, may have variables"
        )
    return _Given(**made)


def _called_with(function: Callable[..., Any], typed: str) -> _Given:
    """The function on one batch: the tensors and arrays among the arguments. All others stay as they are."""
    module = inspect.unwrap(getattr(function, "python_function", function)).__globals__
    names = {**module, "tf": tf, "np": np, "_list": lambda *args, **keywords: (args, keywords)}
    try:
        arguments = eval(f"_list({typed})", names)  # noqa: S307 - the person's own
    except Exception as error:
        raise ModelError(
            f"--args '{typed}': {type(error).__name__}: {error}; type e.g. 'tf.constant(1.0), 3'"
        ) from None
    leaves = tf.nest.flatten(arguments)
    fed = [place for place, leaf in enumerate(leaves) if _is_value(leaf)]

    def step(batch: Any = ()) -> Any:
        values = list(leaves)
        for place, value in zip(fed, batch, strict=True):
            values[place] = value
        positional, keywords = tf.nest.pack_sequence_as(arguments, values)
        return function(*positional, **keywords)

    return _Given(step, [tuple(leaves[place] for place in fed)])


def _is_value(leaf: Any) -> bool:
    return isinstance(leaf, np.ndarray) or (tf.is_tensor(leaf) and not _is_variable(leaf))


def _is_variable(leaf: Any) -> bool:
    return hasattr(leaf, "assign_add")


class FunctionTask:
    """A task whose step is a function; the outputs take the place of the loss. Not to be made in a graph."""

    first_step = 0
    initial: Sequence[tuple[Any, Any]] = ()
    random_layers = None
    model = None
    computes_in = ""

    def __init__(self, step: Callable[..., Any], variables: Any, inputs: OwnBatches, precision: str) -> None:
        """The step is taken once, and all is put back. Raises whatever it raises."""
        self.inputs, self.precision, self._step = inputs, precision, step
        first = next(iter(inputs.feed()))
        self._nothing = tf.constant(0.0)
        self._like = settled(lambda: self._outputs(*first), step, variables)
        reached, given = Held(step, variables), Held(variables).variables
        used = [optimizer for optimizer in reached.optimizers if optimizer.built]
        held = {id(variable) for optimizer in used for variable in optimizer.variables}
        free = [variable for variable in reached.variables if id(variable) not in held]
        wanted = {id(variable) for variable in given or free}
        weights = [v for v in floating(free) if v.trainable and id(v) in wanted]
        others = [v for v in free if id(v) not in set(map(id, weights))]
        self.optimizer = Stepped(used, weights, others)
        self.weights = tuple(weights) or (self.optimizer.iterations,)
        self.averages = floating(others)

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        """One step on the batch that `values` name: its outputs, and no update ops, which have run."""
        self.optimizer.iterations.assign_add(1)
        return self._outputs(*values), []

    def _outputs(self, *values: Any) -> Any:
        outputs = self._step(self.inputs.item(*values)) if values else self._step()
        return tensors(outputs, self._nothing)

    def before_steps(self) -> Any:
        """What stands for the outputs before the first step of a loop in a graph."""
        return tf.nest.map_structure(lambda output: tf.zeros(output.shape, output.dtype), self._like)

    def begin_run(self) -> None:
        """Nothing to do before some steps in a row."""

    def state(self) -> tuple[Any, ...]:
        """Every variable that the step reaches, the weights first."""
        return each_once([*self.weights, *self.optimizer.state()])
