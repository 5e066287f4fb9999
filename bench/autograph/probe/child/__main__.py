"""The child's end of `probe`: runs the driver in one mode and sends what it observed."""

import logging
import os
import random
import re
import traceback
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from bench.autograph.driver import Driver, find_driver, load_module, located_file
from bench.autograph.probe.child.limits import Guard, LimitReached
from bench.autograph.probe.child.ownership import UserProject
from bench.autograph.probe.child.printed import listen, printed_lines
from bench.autograph.probe.records import ModeRequest, ModeRun, ProbeRequest, Raised
from bench.errors import BenchError
from bench.machine.child_end import connect
from bench.worker.user_errors import described
from cifar_core.errors import ModelError, Unsuited

if TYPE_CHECKING:
    from bench.autograph.probe.child.reading import StateReader
    from bench.autograph.probe.child.watch import FunctionWatch


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
    except Exception as error:
        traceback.print_exc()
        run = ModeRun(request.mode, fault=f"{type(error).__name__}: {error}")
    answer(run)


def probe(request: ModeRequest, guard: Guard) -> ModeRun:
    """Import the user's module and call its driver. Raises BenchError, where nothing can be called."""
    from bench.autograph.probe.child.leaves import leaves
    from bench.autograph.probe.child.reading import StateReader
    from bench.autograph.probe.child.state import State
    from bench.autograph.probe.child.watch import FunctionWatch

    notices = _prepare(request.mode)
    # Before the user's code is imported, because importing it makes tf.functions.
    project = UserProject(located_file(_module(request.probe)))
    watch = FunctionWatch(request, guard, lambda value: leaves(value, "result", state.is_users), project)
    watch.install()
    driver = _driver(request.probe)
    state = State(Path(driver.file))
    reader = StateReader(state, driver.prefix)
    before = reader.modules("before")
    run = _called(request.mode, driver, watch, reader)
    return replace(
        run,
        before=before,
        state=(*reader.modules("after"), *reader.at_end),
        functions=watch.functions(),
        unconverted=tuple(dict.fromkeys(filter(None, map(_unconverted, notices)))),
        file=driver.file,
        traced=tuple(driver.traced),
        libraries=watch.libraries(),
        asks_for_xla=watch.asks_for_xla,
        unread=tuple(reader.unread),
        faulty=watch.faulty,
    )


def _called(mode: str, driver: Driver, watch: "FunctionWatch", reader: "StateReader") -> ModeRun:
    """What the driver returned or raised, and printed."""
    raised, limit, returned = None, "", None
    with printed_lines() as printed:
        try:
            returned = watch.run(driver.call, reader.locals)
        except LimitReached as reached:
            limit = watch.limit_text(reached)
        except BaseException as error:
            raised = _raised(error)
    result = () if raised or limit else reader.result(returned)
    return ModeRun(mode, result, raised, stdout=printed[0], stderr=printed[1], limit=limit)


def _module(request: ProbeRequest) -> str:
    """The module or file that is imported."""
    return request.workload.model.partition(":")[0] if request.workload else request.file


def _driver(request: ProbeRequest) -> Driver:
    """The driver. Raises BenchError, ModelError, and BenchError for whatever the import of the user's module raises."""
    try:
        return _found_driver(request)
    except (BenchError, ModelError, Unsuited):
        raise
    except Exception as error:
        traceback.print_exc()
        target = request.workload.model if request.workload else request.file
        raise BenchError(f"{target} cannot be imported: {described(error)[0]}") from None


def _found_driver(request: ProbeRequest) -> Driver:
    if request.workload is None:
        module = load_module(request.file)
        return Driver(find_driver(module, request.driver), module.__file__ or request.file, f"{request.driver}'s ")
    from bench.autograph.probe.child.model_driver import find_model_driver

    assert request.source
    return find_model_driver(request.source, request.workload)


def _prepare(mode: str) -> list[str]:
    """Set seeds, the mode, and whose output counts.

    Returns the list into which TensorFlow's Python logger writes from here on.
    """
    import numpy as np
    import tensorflow as tf

    listen()
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


if __name__ == "__main__":
    serve(*connect())
