"""THE train step, written once for every mode. Leaves out how it is executed: that is the modes' only business."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from cifar_core import models
from cifar_core.optimizers import Adam, Optimizer
from cifar_core.pipeline import Batches
from cifar_core.workload import Workload


class Task:
    """A workload made real: model, optimizer and resident batches as TensorFlow variables of the current graph.

    A mode executes `step` and nothing else, so all that differs between modes is in the mode's own file.
    """

    def __init__(self, workload: Workload, batches: Batches, hold: Callable[[Any], Any] = lambda array: array) -> None:
        """`hold` turns an array into the initial value of a variable."""
        self.model = models.load(workload.model)(workload.seed)
        # Collected once: a tf.Module walks its attributes at every request, which only eager would pay for.
        self.weights = tuple(self.model.trainable_variables)
        self.optimizer: Optimizer = Adam(self.weights)
        self.images = tf.Variable(hold(batches.images), trainable=False, name="resident_images")
        self.labels = tf.Variable(hold(batches.labels), trainable=False, name="resident_labels")
        self.batch_count = batches.count

    def step(self, index: Any) -> tuple[Any, list[Any]]:
        """One update on resident batch `index` (int32 scalar): its loss before the update, and the update ops."""
        images, labels = tf.gather(self.images, index), tf.gather(self.labels, index)
        with tf.GradientTape() as tape:
            loss = cross_entropy(self.model(images), labels)
        return loss, self.optimizer.apply(tape.gradient(loss, self.weights))


def cross_entropy(logits: Any, labels: Any) -> Any:
    """Mean softmax cross-entropy (nats) of logits [n, classes] against labels int32 [n]."""
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
