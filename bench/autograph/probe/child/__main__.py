"""The child of `probe`, one for each mode: runs the driver and sends what it saw. Started by module name."""

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

from bench.autograph import driver
from bench.autograph.probe.child.limits import Guard
from bench.autograph.probe.child.ownership import Theirs
from bench.autograph.probe.records import Asked, Leaf, Order, Raised, Seen
from bench.errors import BenchError
from bench.machine.child_end import connect
from bench.worker.user_errors import described
from cifar_core.errors import ModelError, Unsuited

# What TensorFlow's C++ code logs is no line of the person's.
_LOG = re.compile(
    r"^([IWEF]\d{4} |WARNING: All log messages|WARNING:absl|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] )"
)
MOST_LINES = 2000  # that are compared


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Answer one order."""
    order = msgspec.json.decode(next(lines), type=Order)

    def answer(seen: Seen) -> None:
        out.write(msgspec.json.encode(seen) + b"\n")
        out.flush()

    def give_up(limit: str) -> None:
        answer(Seen(order.mode, limit=limit))
        os._exit(1)  # the other thread cannot be ended

    try:
        seen = probe(order, Guard(order.asked.limits, give_up))
    except (BenchError, ModelError, Unsuited) as error:
        seen = Seen(order.mode, failure=str(error))
    except Exception as error:  # of the person's module, before the driver is called
        traceback.print_exc()
        named = order.asked.workload.model if order.asked.workload else order.asked.file
        seen = Seen(order.mode, failure=f"{named} cannot be imported: {described(error)[0]}")
    answer(seen)


def probe(order: Order, guard: Guard) -> Seen:
    """Import what is probed, call its driver. Raises BenchError, and what importing raises."""
    from bench.autograph.probe.child.leaves import leaves
    from bench.autograph.probe.child.state import State
    from bench.autograph.probe.child.watch import Limit, Watch

    notices = _prepare(order.mode)
    theirs = Theirs(driver.located(_place(order.asked)))  # before their code is imported, which makes tf.functions
    watch = Watch(order, guard, lambda value: leaves(value, "result", state.ours), theirs)
    watch.install()
    found = _found(order)
    state = State(Path(found.file))
    before, ending = state.of_modules(), list[Leaf]()
    result: tuple[Leaf, ...] = ()
    raised, limit = None, ""

    def at_end(names: dict[str, Any]) -> None:
        ending.extend(state.of({f"{found.owner}{name}": value for name, value in names.items()}))

    with _printed() as printed:
        try:
            result = leaves(watch.run(found.drive, at_end), "result", state.ours)
        except Limit as reached:
            limit = str(reached)
        except BaseException as error:
            raised = _raised(error)
    stdout, stderr = printed
    after = (*state.of_modules(), *ending)
    unconverted = tuple(dict.fromkeys(filter(None, map(_unconverted, notices))))
    seen = Seen(order.mode, result, raised, stdout, stderr, before, after, watch.functions(), unconverted, limit)
    return replace(seen, file=found.file, traced=tuple(found.traced))


def _place(asked: Asked) -> str:
    """The module or file that is imported."""
    return asked.workload.model.partition(":")[0] if asked.workload else asked.file


def _found(order: Order) -> driver.Drive:
    """The driver. Raises BenchError, ModelError, and what importing raises."""
    asked = order.asked
    if asked.workload is None:
        module = driver.load(asked.file)
        place = module.__file__ or asked.file
        return driver.Drive(driver.find(module, asked.driver), place, f"{asked.driver}'s ")
    from bench.autograph.probe.child import model_driver as probe_own

    assert asked.source
    return probe_own.find(asked.source, asked.workload)


def _prepare(mode: str) -> list[str]:
    """Seeds, the mode, and TensorFlow's Python notices into the list that is returned."""
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
    """'f: its reason' of AutoGraph's warning that it could not convert f."""
    found = re.search(
        r"AutoGraph could not transform <[\w ]*?function ([\w.<>]+)|could not transform <?(.+?)>? and", notice
    )
    if not found:
        return ""
    cause = re.search(r"^Cause: (.*)$", notice, re.MULTILINE)
    return f"{found[1] or found[2]}: {cause[1] if cause else 'AutoGraph could not read it'}"


def _raised(error: BaseException) -> Raised:
    message = described(error)[0]
    place = re.search(r" \(([^()]*:\d+)\)$", message)
    text = message[: place.start()] if place else message
    return Raised(type(error).__name__, text.removeprefix(f"{type(error).__name__}: "), place[1] if place else "")


@contextlib.contextmanager
def _printed() -> Iterator[list[tuple[str, ...]]]:
    """A list that holds, once it ends, the lines written to stdout and to stderr, by Python and by TensorFlow."""
    held = list[tuple[str, ...]]()
    kept = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        try:
            yield held
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            for number, (file, old) in enumerate(zip((stdout, stderr), kept, strict=True), 1):
                os.dup2(old, number)
                os.close(old)
                file.seek(0)
                lines = file.read().decode(errors="replace").splitlines()
                held.append(tuple(line for line in lines if not _LOG.match(line))[:MOST_LINES])


if __name__ == "__main__":
    serve(*connect())
