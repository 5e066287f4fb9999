"""The child's end of `probe`: runs the driver in one mode and sends what it observed."""

import contextlib
import logging
import os
import random
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import msgspec

from bench.autograph.driver import Driver, find_driver, load_module, located_file
from bench.autograph.probe.child.limits import Guard
from bench.autograph.probe.child.ownership import UserProject
from bench.autograph.probe.records import Leaf, ModeRequest, ModeRun, ProbeRequest, Raised
from bench.errors import BenchError
from bench.machine.child_end import connect
from bench.worker.user_errors import described
from cifar_core.errors import ModelError, Unsuited

# Log lines of TensorFlow's C++ code, which are not the user's output.
_LOG = re.compile(
    r"^([IWEF]\d{4} |WARNING: All log messages|WARNING:absl|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] )"
)
MOST_LINES = 2000  # printed lines that are compared


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Answer one request."""
    request = msgspec.json.decode(next(lines), type=ModeRequest)

    def answer(run: ModeRun) -> None:
        out.write(msgspec.json.encode(run) + b"\n")
        out.flush()

    def give_up(limit: str) -> None:
        answer(ModeRun(request.mode, limit=limit))
        os._exit(1)  # the driver's thread cannot be ended

    try:
        run = probe(request, Guard(request.probe.limits, give_up))
    except (BenchError, ModelError, Unsuited) as error:
        run = ModeRun(request.mode, failure=str(error))
    except Exception as error:  # raised by the user's module, before the driver is called
        traceback.print_exc()
        target = request.probe.workload.model if request.probe.workload else request.probe.file
        run = ModeRun(request.mode, failure=f"{target} cannot be imported: {described(error)[0]}")
    answer(run)


def probe(request: ModeRequest, guard: Guard) -> ModeRun:
    """Import the user's module and call its driver. Raises BenchError, and whatever the import raises."""
    from bench.autograph.probe.child.leaves import leaves
    from bench.autograph.probe.child.state import State
    from bench.autograph.probe.child.watch import FunctionWatch, LimitReached

    notices = _prepare(request.mode)
    # Before the user's code is imported, because importing it makes tf.functions.
    project = UserProject(located_file(_module(request.probe)))
    watch = FunctionWatch(request, guard, lambda value: leaves(value, "result", state.is_users), project)
    watch.install()
    driver = _driver(request.probe)
    state = State(Path(driver.file))
    before, at_driver_end = state.of_modules(), list[Leaf]()
    result: tuple[Leaf, ...] = ()
    raised, limit = None, ""

    def at_end(names: dict[str, Any]) -> None:
        at_driver_end.extend(state.of({f"{driver.prefix}{name}": value for name, value in names.items()}))

    with _printed() as printed:
        try:
            result = leaves(watch.run(driver.call, at_end), "result", state.is_users)
        except LimitReached as reached:
            limit = str(reached)
        except BaseException as error:
            raised = _raised(error)
    stdout, stderr = printed
    after = (*state.of_modules(), *at_driver_end)
    unconverted = tuple(dict.fromkeys(filter(None, map(_unconverted, notices))))
    run = ModeRun(request.mode, result, raised, stdout, stderr, before, after, watch.functions(), unconverted, limit)
    return replace(run, file=driver.file, traced=tuple(driver.traced))


def _module(request: ProbeRequest) -> str:
    """The module or file that is imported."""
    return request.workload.model.partition(":")[0] if request.workload else request.file


def _driver(request: ProbeRequest) -> Driver:
    """The driver. Raises BenchError, ModelError, and whatever the import raises."""
    if request.workload is None:
        module = load_module(request.file)
        return Driver(find_driver(module, request.driver), module.__file__ or request.file, f"{request.driver}'s ")
    from bench.autograph.probe.child.model_driver import find_model_driver

    assert request.source
    return find_model_driver(request.source, request.workload)


def _prepare(mode: str) -> list[str]:
    """Set seeds and the mode. Returns the list into which TensorFlow's Python logger writes from here on."""
    import numpy as np
    import tensorflow as tf

    random.seed(0)
    np.random.seed(0)
    tf.random.set_seed(0)
    tf.config.run_functions_eagerly(mode == "eager")
    notices = list[str]()
    handler = logging.Handler()
    handler.emit = lambda record: notices.append(record.getMessage())  # type: ignore[method-assign]
    logger = tf.get_logger()
    logger.handlers, logger.propagate = [handler], False
    return notices


def _unconverted(notice: str) -> str:
    """`f: reason` of AutoGraph's warning that it could not convert f; empty for any other notice."""
    warning = re.search(
        r"AutoGraph could not transform <[\w ]*?function ([\w.<>]+)|could not transform <?(.+?)>? and", notice
    )
    if not warning:
        return ""
    cause = re.search(r"^Cause: (.*)$", notice, re.MULTILINE)
    return f"{warning[1] or warning[2]}: {cause[1] if cause else 'AutoGraph could not read it'}"


def _raised(error: BaseException) -> Raised:
    message = described(error)[0]
    location = re.search(r" \(([^()]*:\d+)\)$", message)
    text = message[: location.start()] if location else message
    return Raised(type(error).__name__, text.removeprefix(f"{type(error).__name__}: "), location[1] if location else "")


@contextlib.contextmanager
def _printed() -> Iterator[list[tuple[str, ...]]]:
    """A list that holds, after the block, the lines that Python and TensorFlow wrote to stdout and to stderr."""
    printed = list[tuple[str, ...]]()
    saved = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        try:
            yield printed
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, (file, descriptor) in enumerate(zip((stdout, stderr), saved, strict=True), 1):
                os.dup2(descriptor, number)
                os.close(descriptor)
                file.seek(0)
                lines = file.read().decode(errors="replace").splitlines()
                printed.append(tuple(line for line in lines if not _LOG.match(line))[:MOST_LINES])


if __name__ == "__main__":
    serve(*connect())
