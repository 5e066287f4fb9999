"""The loop that people write with Keras, its step under tf.function: the decorator that tutorials add.

It differs from `custom_loop` in that the step is traced once, and each call runs the graph.
"""

from collections.abc import Callable
from typing import Any

from bench.modes.custom_step import CustomTask
from bench.modes.traced import TracedTrainer


def open_trainer(make_task: Callable[..., Any]) -> TracedTrainer:
    """Raises NotApplicable where Keras cannot hold the task."""
    return TracedTrainer(lambda: CustomTask(make_task()))
