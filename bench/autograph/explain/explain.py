"""The parent's end of `explain`: starts the child process and collects its stages."""

from collections.abc import Callable
from dataclasses import replace

import msgspec

from bench.autograph.explain.records import DRIVER_OF_METHOD, STAGES, Explanation, Missing, Request
from bench.errors import BenchError
from bench.machine.launcher import command, executed
from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env

CHILD = command("bench.autograph.explain.child")
# The suite's own functions by short name, each with a driver that calls it as the modes do.
BUILTIN_FUNCTIONS = {
    "step": Request(
        "cifar_core.training:Task.step",
        driver="bench.autograph.explain.child.builtin_drivers:step",
        drops_operations=True,
    ),
    "loop": Request(
        "bench.modes.traced_loop:LoopTrainer._loss_of_steps",
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
    """The request of the command line. Raises BenchError where it names no function."""
    if target in BUILTIN_FUNCTIONS:
        return BUILTIN_FUNCTIONS[target]
    module, _, name = target.partition("::" if "::" in target else ":")
    if not (module and name):
        builtins = ", ".join(BUILTIN_FUNCTIONS)
        method = f"; of a method: --driver too, {DRIVER_OF_METHOD}" if "." in target.removesuffix(".py") else ""
        raise BenchError(
            f"'{target}' names no function; type module:function, file.py::function{method}, or one of ours: {builtins}"
        )
    if arguments and driver:
        raise BenchError("--args and --driver both set the arguments; give only one of them")
    return Request(target, arguments, driver)


def explain(function: Request, time_limit_s: float, notice: Callable[[str], None]) -> Explanation:
    """All stages of a function. `notice` is called with the name of each stage before it.

    A stage that takes too long or ends the child is missing; the stages before it are kept. Raises BenchError where
    the function is not found.
    """
    child = Child(executed(CHILD, child_env("function", "cpu", own_model=function not in BUILTIN_FUNCTIONS.values())))
    explanation = Explanation()
    try:
        child.send(function)
        while not explanation.done:
            notice(_working_on(explanation))
            explanation = joined(explanation, msgspec.json.decode(child.receive(time_limit_s), type=Explanation))
            if explanation.failure:
                raise BenchError(explanation.failure)
    except Gone as error:
        if not explanation.source and not explanation.missing:
            raise BenchError(f"nothing could be explained: {error}{_last_words(child.last_line())}") from None
        stage = _working_on(explanation)
        explanation = replace(
            explanation, missing=(*explanation.missing, Missing(stage, f"the process that worked on it {error}"))
        )
    finally:
        child.end()
    return explanation


def joined(earlier: Explanation, update: Explanation) -> Explanation:
    """An explanation with the stages of a later message of the child."""
    stages = {stage: getattr(update, stage) for stage in STAGES if getattr(update, stage) is not None}
    missing = (*earlier.missing, *update.missing)
    return replace(earlier, **stages, missing=missing, failure=update.failure, done=update.done)


def _working_on(explanation: Explanation) -> str:
    """The stage that the child is working on."""
    return next(
        (stage for stage in STAGES if getattr(explanation, stage) is None and not explanation.reason(stage)), STAGES[-1]
    )


def _last_words(line: str) -> str:
    return f" ({line})" if line else ""
