"""What a step or a model gives beside a loss: its tensors in a row, and one number by which modes are compared."""

from typing import Any

import numpy as np
import tensorflow as tf


def _tensors(outputs: Any, nothing: Any) -> Any:
    """The one tensor among the outputs, or all in a tuple; `nothing` where there is none."""
    found = tuple(
        leaf for leaf in tf.nest.flatten(outputs) if tf.is_tensor(leaf) or isinstance(leaf, np.ndarray | float)
    )
    return nothing if not found else found[0] if len(found) == 1 else found


# No tensor decides anything in it: converting it would only make AutoGraph look more expensive than it is.
tensors = tf.autograph.experimental.do_not_convert(_tensors)


def number(outputs: Any) -> float:
    """A loss as it is. Of other outputs a length in which every element counts, each a little more than the one before.

    Positive and negative elements count apart, so that nothing cancels: rounding changes the length by as little as it
    changes the elements. Reading the values waits for the device.
    """
    leaves = outputs if isinstance(outputs, tuple) else (outputs,)
    arrays = [np.asarray(leaf) for leaf in leaves]
    if len(arrays) == 1 and arrays[0].ndim == 0:
        return float(arrays[0])
    return float(sum(_length(array) for array in arrays if array.dtype.kind in "biuf"))


def _length(array: Any) -> float:
    values = np.ravel(array).astype(np.float64) * np.linspace(1.0, 2.0, max(1, array.size))[: array.size]
    return float(np.linalg.norm(np.maximum(values, 0.0)) + 2 * np.linalg.norm(np.minimum(values, 0.0)))
