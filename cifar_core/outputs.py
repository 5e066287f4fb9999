"""One number of what a step or a model gives, by which modes are compared. Needs no TensorFlow."""

from typing import Any

import numpy as np


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
