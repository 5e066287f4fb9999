"""Finds the lines of the user's code that a Python loop copied into a graph."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from bench.autograph.probe.records import CopiedLine

FEWEST = 50  # copies that are reported
MOST_OPERATIONS = 20_000  # of a graph that is looked through
# Made for the line, but not once for each run of it: gradients, and the layers that a model calls.
_OTHERS = ("/tensorflow/python/eager/backprop", "/tensorflow/python/ops/gradients", "/keras/", "/tf_keras/")


def copied_lines(graph: Any, is_library: Callable[[str], bool]) -> tuple[CopiedLine, ...]:
    """The lines whose operations stand in the graph FEWEST times or more; for each the most frequent operation."""
    operations = graph.get_operations()
    if not FEWEST <= len(operations) <= MOST_OPERATIONS:
        return ()
    counts = Counter(filter(None, (_origin(operation, is_library) for operation in operations)))
    by_line = dict[tuple[str, int], CopiedLine]()
    for (file, line, kind), copies in counts.most_common():
        if copies >= FEWEST:
            by_line.setdefault((file, line), CopiedLine(file, line, kind, copies))
    return tuple(by_line.values())


def _origin(operation: Any, is_library: Callable[[str], bool]) -> tuple[str, int, str] | None:
    """File and line of the user's code that made the operation, and its type; None where a library made it."""
    if operation.type in ("Const", "Placeholder", "ReadVariableOp"):
        return None
    for frame in reversed(operation.traceback or ()):
        if any(part in frame.filename for part in _OTHERS):
            return None
        if not is_library(frame.filename):
            return frame.filename, frame.lineno, operation.type
    return None
