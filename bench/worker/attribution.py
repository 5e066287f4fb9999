"""Whose time each moment of a profile is: what every thread did, read as seconds by operation. No TensorFlow.

An operation's own thread has its span. Worker threads run parts of it in regions, which the profiler connects only with
the moment at which each part was handed over: a region belongs to the operation that was executed there and then.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Literal, NamedTuple

Stack = dict[int, str | None]  # what a thread is in, outermost first: the operation, by a number of its own
Kind = Literal["span", "call", "hand over", "begin", "end"]
RUNTIME = "runtime"  # stands for a call from Python while no operation is executed


class Noted(NamedTuple):
    """What the profiler noted of a thread. Times in seconds.

    A `span` executes `operation`, or none (the runtime's own business). In a `call` Python waits for the runtime; what
    it executes meanwhile is noted as well. `hand over` gives a part with number `part` to
    another thread, which works on it from `begin` to the next `end`.
    """

    thread: int
    kind: Kind
    start: float
    end: float
    operation: str | None = None
    part: int = 0


class _Moment(NamedTuple):
    """When something changes; what ends at a moment comes before what begins then, what lasts longer begins first."""

    time: float
    rank: int
    lasts: float
    number: int
    noted: Noted


def seconds_by_operation(notes: Iterable[Noted]) -> dict[str, float]:
    """Seconds for each operation, and in calls for RUNTIME.

    Where threads execute several at once, as they do on one core, the time is shared equally.
    """
    stacks, parts = defaultdict[int, Stack](dict), dict[int, str | None]()
    seconds, executed, calls, reached = defaultdict[str, float](float), Counter[str](), 0, 0.0
    for moment in sorted(_moments(notes)):
        for operation, threads in (executed or Counter({RUNTIME: 1} if calls else ())).items():
            seconds[operation] += (moment.time - reached) * threads / max(1, executed.total())
        reached = moment.time
        if moment.noted.kind == "call":
            calls += 1 if moment.rank else -1
            continue
        stack = stacks[moment.noted.thread]
        _count(executed, stack, -1)
        _change(stack, parts, moment)
        _count(executed, stack, 1)
    return dict(seconds)


def _moments(notes: Iterable[Noted]) -> Iterable[_Moment]:
    ranks: dict[Kind, int] = {"end": 0, "begin": 1, "span": 2, "call": 2, "hand over": 3}
    for number, noted in enumerate(notes):
        lasts = noted.kind in ("span", "call")
        if lasts and noted.end <= noted.start:
            continue
        yield _Moment(noted.start, ranks[noted.kind], noted.start - noted.end, number, noted)
        if lasts:
            yield _Moment(noted.end, 0, 0.0, number, noted)


def _change(stack: Stack, parts: dict[int, str | None], moment: _Moment) -> None:
    """The stack of what the thread is in, by number, after this moment."""
    noted = moment.noted
    if noted.kind == "hand over":
        parts[noted.part] = _top(stack)
    elif noted.kind == "begin":
        stack[~moment.number] = parts.pop(noted.part, None)  # negative: regions have no end of their own
    elif noted.kind == "end":
        region = next((number for number in reversed(stack) if number < 0), None)
        if region is not None:
            del stack[region]
    elif moment.rank:
        stack[moment.number] = noted.operation
    else:
        stack.pop(moment.number, None)


def _count(executed: Counter[str], stack: Stack, by: int) -> None:
    if operation := _top(stack):
        executed[operation] += by
        if not executed[operation]:
            del executed[operation]


def _top(stack: Stack) -> str | None:
    return stack[next(reversed(stack))] if stack else None
