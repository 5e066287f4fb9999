"""The parent of `probe`: one child for each mode, one after another; what each saw. No TensorFlow here."""

import os
import tempfile
from collections.abc import Callable

import msgspec

from bench.autograph.probe.records import Asked, Order, Seen
from bench.errors import BenchError
from bench.machine.launcher import command, executed
from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env

CHILD = command("bench.autograph.probe.child")
GRACE_S = 30.0  # after a time limit, for a child that must give itself up (probe_guard.py)
IMPORT_S = 120.0  # for TensorFlow and the person's module


def probe(asked: Asked, notice: Callable[[str], None]) -> tuple[Seen, ...]:
    """What was seen in each mode; `notice` hears which one is being run. Raises BenchError where nothing could be."""
    seen = list[Seen]()
    for mode in asked.modes:
        notice(mode)
        with tempfile.TemporaryDirectory() as dump:
            one = _seen(Order(asked, mode, dump))
        if one.failure:
            raise BenchError(one.failure)
        seen.append(one)
    return tuple(seen)


def _seen(order: Order) -> Seen:
    child = Child(executed(CHILD, _environment(order)))
    child.send(order)
    try:
        line = child.receive(IMPORT_S + order.asked.limits.seconds + GRACE_S)
        return msgspec.json.decode(line, type=Seen)
    except Gone as error:
        return Seen(order.mode, limit=f"the process of this mode {error}")
    finally:
        child.end()


def _environment(order: Order) -> dict[str, str]:
    """With each program that XLA compiles written into a folder, and none of TensorFlow's own notices."""
    flags = f"{os.environ.get('XLA_FLAGS', '')} --xla_dump_to={order.dump} --xla_dump_hlo_as_text".strip()
    own = child_env("function", "cpu", own_model=True)
    return {**own, "XLA_FLAGS": flags, "TF_CPP_MIN_LOG_LEVEL": "3"}
