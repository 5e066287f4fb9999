"""The timed loop: one slice of steps, ended by waiting for the device. Plain Python, no TensorFlow.

Timed, for every mode alike: the Python loop over the steps, the mode's call, and one wait for the device with the loss
read back. Not timed: loading data, building, tracing, compiling, and messages between processes.
"""

import sys
from collections.abc import Callable
from typing import Protocol

Clock = Callable[[], float]


class Stepper(Protocol):
    """What the timed loop needs of a trainer."""

    def run(self, steps: int) -> None: ...

    def sync(self) -> float: ...


def time_slice(trainer: Stepper, steps: int, clock: Clock) -> tuple[float, float]:
    """Seconds for `steps` steps up to their completion, and the last step's loss."""
    start = clock()
    trainer.run(steps)
    loss = trainer.sync()
    return clock() - start, loss


def tracing_tool() -> str | None:
    """The name of whatever traces this process, or None. Coverage, debuggers and profilers slow eager mode most."""
    if sys.gettrace() is not None:
        return "a trace function (debugger or coverage)"
    if sys.getprofile() is not None:
        return "a profile function"
    monitoring = getattr(sys, "monitoring", None)  # Python 3.12 and later
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring else []
    return next((f"the monitoring tool '{tool}'" for tool in tools if tool), None)
