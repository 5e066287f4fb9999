"""Runs of a driver made of real records, for tests of what a probe makes of them."""

import struct
from dataclasses import replace

from bench.autograph.findings import Finding
from bench.autograph.probe.records import Leaf, ModeRun, ObservedFunction

TOLERANCE = 1e-3


def a_leaf(path: str, *values: float, kind: str = "float32") -> Leaf:
    return Leaf(path, kind, str(list(values)), (len(values),), struct.pack(f"{len(values)}d", *values))


def a_function(**changes: object) -> ObservedFunction:
    whole = ObservedFunction("step", "train.py", 12, 1, 3, 1, 1, 0, 20, (), ((a_leaf("result", 1.0),),) * 3)
    return replace(whole, **changes)  # type: ignore[arg-type]


def a_run(mode: str, **changes: object) -> ModeRun:
    return replace(ModeRun(mode, (a_leaf("result", 1.0),), functions=(a_function(),)), **changes)  # type: ignore[arg-type]


def a_finding(code: str, message: str = "", function: str = "step", line: int = 14) -> Finding:
    return Finding(code, "name", "error", None, "train.py", line, 5, line, 9, message, function, fix="do otherwise")


def one_that_differs() -> tuple[ModeRun, ...]:
    xla = a_run("xla", functions=(a_function(compiles=4),), stdout=("more",))
    return a_run("eager"), a_run("graph"), xla
