"""The parent of `explain`: starts the child that imports the function, puts its stages together. No TensorFlow here.

A stage that takes too long, or that the child dies of, is missing; those before it are kept.
"""

from collections.abc import Callable
from dataclasses import replace

import msgspec

from bench.autograph.explain.records import STAGES, Explanation, Missing, Request
from bench.errors import BenchError
from bench.machine.launcher import command, executed
from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env

CHILD = command("bench.autograph.explain.child")
# The suite's own functions by short names, with a driver that calls each as the modes do.
OURS = {
    "step": Request(
        "cifar_core.training:Task.step",
        driver="bench.autograph.explain.child.builtin_drivers:step",
        drops_operations=True,
    ),
    "loop": Request(
        "bench.modes.function_loop:FunctionLoop._loss_of_steps",
        driver="bench.autograph.explain.child.builtin_drivers:loop",
    ),
}
TITLES = {
    "source": "source",
    "code": "AutoGraph's code",
    "trace": "trace",
    "graph": "graph",
    "program": "XLA's program",
    "times": "time of a call",
}


def request(target: str, arguments: str, driver: str) -> Request:
    """What the command line asks for. Raises BenchError where it names no function."""
    if target in OURS:
        return OURS[target]
    place, _, name = target.partition("::" if "::" in target else ":")
    if not (place and name):
        ours = ", ".join(OURS)
        raise BenchError(
            f"'{target}' names no function; type module:function, file.py::function, or one of ours: {ours}"
        )
    if arguments and driver:
        raise BenchError("--args and --driver both say what the function is called with; give one of them")
    return Request(target, arguments, driver)


def explain(wanted: Request, time_limit_s: float, notice: Callable[[str], None]) -> Explanation:
    """The stages of a function; `notice` hears which is being worked on. Raises BenchError where it is not found."""
    child = Child(executed(CHILD, child_env("function", "cpu", own_model=wanted not in OURS.values())))
    found = Explanation()
    try:
        child.send(wanted)
        while not found.done:
            notice(_working_on(found))
            found = joined(found, msgspec.json.decode(child.receive(time_limit_s), type=Explanation))
            if found.failure:
                raise BenchError(found.failure)
    except Gone as error:
        if not found.source and not found.missing:
            raise BenchError(f"nothing could be explained: {error}{_last_words(child.tail())}") from None
        stage = _working_on(found)
        found = replace(found, missing=(*found.missing, Missing(stage, f"the process that worked on it {error}")))
    finally:
        child.end()
    return found


def joined(found: Explanation, more: Explanation) -> Explanation:
    """Two parts of an explanation as one."""
    stages = {stage: getattr(more, stage) for stage in STAGES if getattr(more, stage) is not None}
    missing = (*found.missing, *more.missing)
    return replace(found, **stages, missing=missing, failure=more.failure, done=more.done)


def _working_on(found: Explanation) -> str:
    """The stage that comes next."""
    return next((stage for stage in STAGES if getattr(found, stage) is None and not found.reason(stage)), STAGES[-1])


def _last_words(tail: str) -> str:
    lines = tail.strip().splitlines()
    return f" ({lines[-1]})" if lines else ""
