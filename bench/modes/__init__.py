"""The modes: ways to execute the one train step, one file each, in the order of the report.

To add one: write `bench/modes/<name>.py` with `open_trainer(make_task)`, then add its row here.
The first selected row is the baseline.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, Protocol

from bench.records import Execution, Mode

MODES = (
    Mode("eager", "eager", "dynamic graph: Python runs every op of the step, one at a time"),
    Mode("graph", "TF1 graph", "static graph: the step is built once in a tf.Graph, a Session runs it"),
    Mode("function", "tf.function", "AutoGraph: the Python step is traced once into a graph, then the graph is called"),
    Mode("xla", "XLA", "tf.function(jit_compile=True): the traced graph is compiled to machine code by XLA"),
)


class Trainer(Protocol):
    """A task opened in one mode, ready to train."""

    task: Any  # the cifar_core.training.Task that is being trained

    def run(self, steps: int) -> None:
        """Train so many steps. May return before the device has finished them."""

    def sync(self) -> float:
        """Wait until all steps have finished; the latest step's loss."""

    def logits(self, images: Any) -> Any:
        """The model's answer, float32 [n, 10], to images float32 [n, 32, 32, 3], as arrays."""

    def write(self, variables: Sequence[Any], values: Sequence[Any]) -> None:
        """Give the variables these values."""

    def read(self, variables: Sequence[Any]) -> list[Any]:
        """The variables' values as NumPy arrays."""

    def traces(self) -> int:
        """How often the step has been traced so far; 0 where nothing is traced."""

    def execution(self) -> Execution:
        """What TensorFlow says of how the steps ran. Asked last: it may train another step to find out."""


def row(name: str) -> Mode:
    """The mode's row. Raises KeyError for an unknown name."""
    return {mode.name: mode for mode in MODES}[name]


def load(name: str) -> Callable[[Callable[..., Any]], Trainer]:
    """The mode's `open_trainer(make_task) -> Trainer`, where make_task() gives a Task. Imports TensorFlow."""
    open_trainer: Callable[[Callable[..., Any]], Trainer] = import_module(f"bench.modes.{name}").open_trainer
    return open_trainer
