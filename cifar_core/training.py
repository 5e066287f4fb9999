"""THE train step, written once for every mode, and the loop around it that trains a model to an accuracy.

Leaves out how a step is executed: the modes do that.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from cifar_core import models
from cifar_core.batch_file import Part
from cifar_core.evaluation import evaluate
from cifar_core.inputs import Inputs, Resident, Streamed, keep
from cifar_core.models.layers import TrainingMode, glorot_uniform
from cifar_core.optimizers import Adam, Optimizer, of_recipe
from cifar_core.pipeline import Batches
from cifar_core.recipe import Recipe
from cifar_core.watch import Spent, Watch, timed
from cifar_core.whitening import WHITENED_IMAGES, whitening
from cifar_core.workload import Workload


@dataclass(frozen=True, slots=True)
class Precision:
    """What activations are computed in; weights, loss and updates stay float32.

    `loss_scale` keeps small gradients from vanishing in float16 (Micikevicius et al. 2018, section 3.2); it is fixed.
    """

    compute: str
    loss_scale: float = 1.0


PRECISIONS = {
    "float32": Precision("float32"),
    "tf32": Precision("float32"),  # on a GPU, whose products then keep fewer bits
    "mixed_bfloat16": Precision("bfloat16"),
    "mixed_float16": Precision("float16", 1024.0),
}


Loss = Callable[[Any, Any], Any]  # labels and outputs -> scalar


class Task:
    """Something to train: model, optimizer and inputs as TensorFlow variables of the current graph.

    A mode executes `step` and nothing else, so whatever differs between modes is in the mode's own file.
    """

    first_step = 0  # how many steps were done before this task was made

    initial: Sequence[tuple[Any, Any]] = ()  # variables, and values to give them where a TF1 graph drew others

    def __init__(
        self, model: Any, optimizer: Optimizer, inputs: Inputs, precision: str = "float32", loss: Loss | None = None
    ) -> None:
        self.model, self.optimizer, self.inputs = model, optimizer, inputs
        self.precision, self._loss = precision, loss or cross_entropy
        # Collected once: a tf.Module walks its attributes at every request, which only eager would pay for.
        self.weights = tuple(model.trainable_variables)

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        """One update on the batch that `values` name: its loss before the update, and the update ops."""
        inputs, labels, drop = self.inputs.batch(*values)
        training, precision = TrainingMode(drop), PRECISIONS[self.precision]
        with tf.GradientTape() as tape:
            outputs = self.model(cast(inputs, precision.compute), training)
            loss = self._loss(labels, cast(outputs, "float32"))
            scaled = loss * precision.loss_scale if precision.loss_scale > 1 else loss
        gradients = tape.gradient(scaled, self.weights)
        if precision.loss_scale > 1:
            gradients = [gradient / precision.loss_scale for gradient in gradients]
        return loss, [*training.updates, *self.optimizer.apply(gradients)]

    def before_steps(self) -> Any:
        """What stands for the loss before the first step of a loop in a graph."""
        return tf.constant(0.0)

    def begin_run(self) -> None:
        """Called before some steps in a row. Only a person's own step may have something to do here."""

    @property
    def random_layers(self) -> tuple[str, ...] | None:
        """The kinds of layers that draw random numbers in training; None where that is unknown."""
        names: tuple[str, ...] | None = getattr(self.model, "random_layers", None)
        return names

    @property
    def computes_in(self) -> str:
        """The precision of a person's own model with a policy of its own; '' of all others."""
        return str(getattr(self.model, "computes_in", ""))

    @property
    def averages(self) -> tuple[Any, ...]:
        """The model's variables that change while training without being trained, such as a normalisation's averages.

        Numbers only: the state of a generator of random numbers is none.
        """
        return floating(self.model.non_trainable_variables)

    def state(self) -> tuple[Any, ...]:
        """Every variable that changes while training: what a checkpoint holds, weights first, always in this order."""
        return (*self.weights, *self.model.non_trainable_variables, *self.optimizer.state())


def floating(variables: Iterable[Any]) -> tuple[Any, ...]:
    """Those of the variables that hold floating-point numbers."""
    return tuple(variable for variable in variables if tf.as_dtype(variable.dtype).is_floating)


def timed_task(
    workload: Workload, inputs: Callable[[Callable[[Any], Any]], Inputs], hold: Callable[[Any], Any] = keep
) -> Task:
    """The task that is timed: a workload with plain Adam, on what `inputs(hold)` gives. For `hold` see `Resident`."""
    model = models.load(workload.model)(workload.seed)
    return Task(model, Adam(tuple(model.trainable_variables)), inputs(hold), workload.precision)


def resident_task(workload: Workload, batches: Batches, hold: Callable[[Any], Any] = keep) -> Task:
    """The timed task on batches that lie on the device."""
    return timed_task(workload, partial(Resident, batches), hold)


def training_task(model: str, recipe: Recipe, inputs: Streamed, hold: Callable[[Any], Any] = keep) -> Task:
    """The task that is trained to an accuracy: a model by a recipe. Nothing large needs to be held."""
    network = models.load(model)(recipe.seed)
    optimizer = of_recipe(recipe, tuple(network.trainable_variables))
    loss = smoothed(recipe.label_smoothing) if recipe.label_smoothing else cross_entropy
    task = Task(network, optimizer, inputs, recipe.precision, loss)
    task.first_step = inputs.first_step
    if recipe.whitened:
        _whiten(task, network.first_kernel, recipe.seed, inputs)
    return task


def _whiten(task: Task, kernel: Any, seed: int, inputs: Streamed) -> None:
    drawn = glorot_uniform(np.random.default_rng(seed), tuple(kernel.shape))
    filters = whitening(inputs.first_images(WHITENED_IMAGES), drawn)
    task.initial = [(kernel, filters)]  # which a mode with a TF1 graph gives it
    if tf.executing_eagerly():
        kernel.assign(filters)


def _cast(values: Any, dtype: str) -> Any:
    """A tensor, or each tensor of a structure, in another precision where it is floating; all else as it is."""
    if tf.is_tensor(values):
        return tf.cast(values, dtype) if values.dtype.is_floating else values
    return tf.nest.map_structure(lambda leaf: _cast(leaf, dtype) if tf.is_tensor(leaf) else leaf, values)


# No tensor decides anything in it: converting it would only make AutoGraph look more expensive than it is.
cast = tf.autograph.experimental.do_not_convert(_cast)


def cross_entropy(labels: Any, logits: Any) -> Any:
    """Mean softmax cross-entropy (nats) of logits [n, classes] against whole labels [n]."""
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))


def smoothed(share: float) -> Loss:
    """The same where a share of each label goes to all classes alike."""

    def loss(labels: Any, logits: Any) -> Any:
        to_all = -tf.reduce_mean(tf.nn.log_softmax(logits))
        return (1 - share) * cross_entropy(labels, logits) + share * to_all

    return loss


class Trainable(Protocol):
    """A task opened in some mode (see bench/modes)."""

    task: Task

    def run(self, steps: int) -> None: ...

    def sync(self) -> float: ...

    def logits(self, images: Any) -> Any: ...  # for evaluate


@dataclass(frozen=True, slots=True)
class Display:
    """How far a training is: `loss` of the last batch, `accuracy` on a sample of the training images.

    `seconds` of training since it was begun, of which the first step, which traces and compiles, took
    `first_call_s`; `step_s` is one step since the display before, without the first step. What displaying takes is
    in none of them, nor in `joules`: what the device has used for training, where that is counted.
    """

    step: int
    loss: float
    accuracy: float
    step_s: float
    seconds: float
    first_call_s: float
    joules: float | None = None


SAMPLE = 1000  # training images whose accuracy is displayed


def train_model(
    model: Trainable, train_data: Part, training_steps: int, display_step: int, watch: Watch = timed
) -> Iterator[Display]:
    """Train in the model's mode, from the step it has reached to `training_steps`, and yield every `display_step`.

    The tutorial's seven steps: epochs and batches come from the task's inputs; each step is a forward pass and loss
    under a GradientTape, gradients, and the optimizer's update (`Task.step`); metrics are taken between steps.
    Raises FloatingPointError when the loss is no longer finite.
    """
    sample = Part(train_data.images[:SAMPLE], train_data.labels[:SAMPLE])
    done = first = model.task.first_step
    if done >= training_steps:
        return
    spent = first_call = _run(model, 1, watch)
    while done < training_steps:
        goal = min(done - done % display_step + display_step, training_steps)
        steps = goal - max(done, first + 1)  # the first step
        took = _run(model, steps, watch) if steps else None
        spent, done = spent + took if took else spent, goal
        loss = model.sync()
        if not np.isfinite(loss):
            raise FloatingPointError(f"the loss became {loss} on the way to step {done}")
        step_s = took.seconds / steps if took else first_call.seconds
        accuracy = evaluate(model, sample)[1]
        yield Display(done, loss, accuracy, step_s, spent.seconds, first_call.seconds, spent.joules)


def _run(model: Trainable, steps: int, watch: Watch) -> Spent:
    def train() -> None:
        model.run(steps)
        model.sync()

    return watch(train)
