"""The whole loop compiled by XLA: AutoGraph's while loop and the steps in it are one program of machine code.

It differs from `function_loop` in jit_compile=True, and from `xla` in that the loop is part of the program.
"""

from collections.abc import Callable
from typing import Any

from bench.errors import NotApplicable
from bench.modes.traced_loop import LoopTrainer
from cifar_core.inputs import Streamed


def open_trainer(make_task: Callable[..., Any], steps_per_call: int = 0) -> LoopTrainer:
    """Raises NotApplicable where the loop cannot hold the task."""
    trainer = LoopTrainer(make_task, steps_per_call, jit_compile=True)
    if isinstance(trainer.task.inputs, Streamed):
        raise NotApplicable("XLA cannot compile the input pipeline, which would be part of its loop")
    return trainer
