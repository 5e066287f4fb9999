"""The tensors among what a step or a model gives, in a row."""

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
