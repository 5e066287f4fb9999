"""The modes: ways to execute the one train step, one file each, in the order of the report.

To add one: write `bench/modes/<name>.py` with `open_trainer(make_task)`, then add its row here.
The first selected row is the baseline.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from bench.errors import BenchError
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Execution


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to execute the train step; `process_env` must be set before TensorFlow loads.

    `loops` where one call takes many steps, so that it matters how many; `trains` where it can follow a recipe.
    """

    name: str
    title: str
    summary: str
    process_env: tuple[tuple[str, str], ...] = ()
    loops: bool = False
    trains: bool = True


_CLUSTERS = (("TF_XLA_FLAGS", "--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit"),)
KERAS = (("KERAS_BACKEND", "tensorflow"), ("TF_USE_LEGACY_KERAS", "0"))  # own models' too, in every mode

MODES = (
    Mode("eager", "eager", "dynamic graph: Python runs every op of the step, one at a time"),
    Mode("graph", "TF1 graph", "static graph: the step is built once in a tf.Graph, a Session runs it"),
    Mode("function", "tf.function", "AutoGraph: the Python step is traced once into a graph, then the graph is called"),
    Mode("function_unconverted", "tf.function, no AutoGraph", "the same, traced from the Python as it stands"),
    Mode("function_loop", "tf.function loop", "AutoGraph: the whole loop over steps is one graph", loops=True),
    Mode("xla", "XLA", "tf.function(jit_compile=True): the traced graph is compiled to machine code by XLA"),
    Mode("xla_loop", "XLA loop", "the whole loop over steps is compiled as one program", loops=True, trains=False),
    Mode("autocluster", "XLA clusters", "tf.function whose graph XLA compiles in the parts it chooses", _CLUSTERS),
    Mode(
        "keras_fit", "Keras fit", "the same network and optimizer in Keras' own loop", KERAS, loops=True, trains=False
    ),
    Mode("keras_jit", "Keras fit, XLA", "the same with jit_compile=True", KERAS, loops=True, trains=False),
    Mode("keras_eager", "Keras eager", "the same with run_eagerly=True", KERAS, loops=True, trains=False),
)


class Trainer(Protocol):
    """A task opened in one mode, ready to train."""

    task: Any  # the cifar_core.training.Task that is being trained

    def trace(self) -> None:
        """Trace ahead of the first call, where that is a stage of its own; else nothing."""

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
        """What TensorFlow says of how the steps ran. Asked after timing: it may train another step to find out."""

    def placement(self) -> Placement:
        """Where the ops of one step run. Asked after `execution`: it may train another step to find out."""

    def structure(self) -> Structure:
        """What became of the step before it ran. Asked after timing: it may compile anew, and train another step."""


def row(name: str) -> Mode:
    """The mode's row. Raises BenchError for an unknown name, as a newer version's run folder may hold."""
    rows = {mode.name: mode for mode in MODES}
    if name not in rows:
        raise BenchError(f"mode '{name}' is unknown here; known: {', '.join(rows)}; update cifar-bench")
    return rows[name]


def load(name: str) -> Callable[..., Trainer]:
    """The mode's `open_trainer(make_task) -> Trainer`, where make_task() gives a Task. Imports TensorFlow.

    The modes that loop inside a call take `steps_per_call` too.
    """
    open_trainer: Callable[..., Trainer] = import_module(f"bench.modes.{name}").open_trainer
    return open_trainer
