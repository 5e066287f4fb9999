"""The loop that people write with Keras, run eagerly: Python runs each op of Keras' layers and optimizer at once.

It differs from `eager` in whose step it is: that one is written in plain TensorFlow ops, with one op an update.
"""

from collections.abc import Callable
from typing import Any

from bench.modes.custom_step import CustomTask
from bench.modes.eager import EagerTrainer


def open_trainer(make_task: Callable[..., Any]) -> EagerTrainer:
    """Raises NotApplicable where Keras cannot hold the task."""
    return EagerTrainer(lambda: CustomTask(make_task()))
