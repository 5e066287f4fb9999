"""What every mode makes of a task: a Trainer, which the worker times and looks into. No mode itself."""

from collections.abc import Sequence
from typing import Any, Protocol

from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Calls, Execution


class Trainer(Protocol):
    """A task opened in one mode, ready to train."""

    task: Any  # the cifar_core.training.Task that is being trained

    def trace(self) -> None:
        """Trace before the first step, if tracing is a separate stage; else nothing."""

    def run(self, steps: int) -> None:
        """Train so many steps. May return before the device has finished them."""

    def step_again(self, number: int) -> None:
        """Train one more step on the batch of an early step, counted from 0. `run` then goes on where it was."""

    def rewind(self) -> None:
        """The next `run` takes the first batch again, and so on. May train a step: then the state is put back."""

    def sync(self) -> float:
        """Wait until all steps have finished; the latest step's loss."""

    def logits(self, images: Any) -> Any:
        """The model's outputs, float32 [n, 10], for images float32 [n, 32, 32, 3], as arrays."""

    def write(self, variables: Sequence[Any], values: Sequence[Any]) -> None:
        """Give the variables these values."""

    def read(self, variables: Sequence[Any]) -> list[Any]:
        """The variables' values as NumPy arrays."""

    def tracing_us(self) -> int:
        """Microseconds that this process has spent on tracing so far, of any function."""

    def traces(self) -> int:
        """How often the step has been traced so far; 0 where nothing is traced."""

    def execution(self) -> Execution:
        """What TensorFlow says of how the steps ran. Asked after timing: it may train another step to find out."""

    def calls(self) -> Calls:
        """Train one step as `run` does, and see what it calls."""

    def placement(self) -> Placement:
        """Where the ops of one step run. Asked after `execution`: it may train another step to find out."""

    def structure(self) -> Structure:
        """How the step was compiled. Asked after timing: it may compile again, and train another step."""
