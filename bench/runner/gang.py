"""The worker, or the workers, of one case: a gang of processes takes its turn as one, and fails as one.

Every process of a gang is asked for the same stages. The first one speaks for all, once all have answered.
"""

import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

import msgspec

from bench.machine.far import far
from bench.machine.launcher import Start
from bench.machine.parent_end import Child, Gone, late
from bench.modes import row
from bench.records.messages import Order, Reply
from bench.records.run import NO_FAULT, UNEQUAL, Failure
from bench.runner.hosts import tensorflow_address

LOOK_S = 0.2  # how long one process is waited for before the others are looked at
GRACE_S = 3.0  # how long the cause may come after its effect: an error in one process because another is gone


class Worker(Protocol):
    """What a case needs of its process, or processes: see Child."""

    @property
    def held(self) -> bool: ...

    def send(self, record: object) -> None: ...

    def receive(self, time_limit_s: float) -> bytes: ...

    def tail(self) -> str: ...

    def stopped(self) -> bool: ...

    def end(self) -> None: ...


def opened(order: Order, start: Start) -> Worker:
    """The case's process, or all of them, with the order sent."""
    case = order.case
    if order.hosts:
        addresses = tuple(tensorflow_address(host, case.again) for host in order.hosts)
        return Gang(order, addresses, [start, *map(far, order.hosts[1:])])
    if row(case.mode).replicas == "processes" and case.replicas > 1:
        return Gang(order, tuple(free_addresses(case.replicas)), [start] * case.replicas)
    child = Child(start)
    child.send(order)
    return child


class Gang:
    """Processes that train together. Where one is lost, or fails, the case has failed at once, by its name."""

    def __init__(self, order: Order, addresses: tuple[str, ...], starts: Sequence[Start]) -> None:
        self._names = [f"worker {number + 1} of {len(starts)} ({where})" for number, where in enumerate(addresses)]
        self._order, self._children = order, [Child(start) for start in starts]
        self._lost: Child | None = None
        for number, child in enumerate(self._children):
            child.send(replace(order, addresses=addresses, number=number))

    @property
    def held(self) -> bool:
        """Whether this process was kept from running while it waited for one of them."""
        return any(child.held for child in self._children)

    def send(self, record: object) -> None:
        """Ask all of them. Raises nothing: a dead process is noticed by `receive`."""
        for child in self._children:
            child.send(record)

    def receive(self, time_limit_s: float) -> bytes:
        """The first one's answer once all have answered; the first failure, with the process' name.

        Raises Gone where one of them died or hangs, with its name.
        """
        replies = self._replies(time_limit_s)
        return msgspec.json.encode(self._unlike(replies) or replies[0])

    def tail(self) -> str:
        """The end of what was written to stderr by the one that was lost, else by the first."""
        return (self._lost or self._children[0]).tail()

    def stopped(self) -> bool:
        """Whether one of them was stopped for a while."""
        return sum(child.stopped() for child in self._children) > 0  # each one is asked

    def end(self) -> None:
        """End all of them. May be called again."""
        with ExitStack() as ends:
            for child in self._children:
                ends.callback(child.end)

    def _replies(self, time_limit_s: float) -> list[Reply]:
        """One of each; or only the first failure, as every one, unless a process is gone."""
        replies, waited_s = dict[int, Reply](), 0.0
        while waiting := [number for number in range(len(self._children)) if number not in replies]:
            for number in waiting:
                start = time.monotonic()
                if reply := self._heard(number):
                    replies[number] = reply
                    if reply.failure:
                        return [self._named(number, reply, set(waiting) - {number})]
                waited_s += min(LOOK_S, time.monotonic() - start)
            if waited_s > time_limit_s:
                late_one = next(number for number in waiting if number not in replies)
                raise self._gone(late_one, late(time_limit_s))
        return [replies[number] for number in sorted(replies)]

    def _heard(self, number: int, time_limit_s: float = LOOK_S) -> Reply | None:
        """Raises Gone where it died."""
        try:
            line = self._children[number].heard(time_limit_s)
        except Gone as error:
            raise self._gone(number, str(error)) from None
        return msgspec.json.decode(line, type=Reply) if line else None

    def _named(self, number: int, reply: Reply, others: set[int]) -> Reply:
        """A failure with the name of its process. Raises Gone where that is but the effect of another one's end."""
        failure = reply.failure
        assert failure
        if failure.stage in NO_FAULT:
            return reply
        for other in others:
            self._heard(other, GRACE_S / len(others))
        self._lost = self._children[number]
        return replace(reply, failure=replace(failure, message=f"{self._names[number]}: {failure.message}"))

    def _gone(self, number: int, reason: str) -> Gone:
        self._lost = self._children[number]
        return Gone(f"{self._names[number]} was lost: {reason}")

    def _unlike(self, replies: Sequence[Reply]) -> Reply | None:
        """A failure where one of them begins from other weights or batches than the first."""
        first = replies[0].evidence
        for name, reply in zip(self._names, replies, strict=False):
            its = reply.evidence
            if (
                first
                and its
                and (its.weights_digest, its.batches_digest) != (first.weights_digest, first.batches_digest)
            ):
                message = f"{name} begins from other weights or batches than {self._names[0]}"
                return Reply(failure=Failure(self._order.case, self._order.block, UNEQUAL, message))
        return None


def free_addresses(count: int) -> Iterator[str]:
    """So many addresses of this machine, 127.0.0.1:port, that nothing listens at; all different."""
    with ExitStack() as held:
        for _ in range(count):
            listener = held.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            yield f"127.0.0.1:{listener.getsockname()[1]}"
