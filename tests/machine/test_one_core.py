"""All threads on one core, and back."""

import os
import threading

import pytest

from bench.machine.one_core import one_core

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system moves no threads")


def started(allowed: dict[str, set[int]], name: str, until: threading.Event) -> threading.Thread:
    """A thread that notes on which cores it may run, now and at the end."""

    def note() -> None:
        allowed[f"{name}, at first"] = os.sched_getaffinity(0)
        until.wait()
        allowed[f"{name}, at last"] = os.sched_getaffinity(0)

    thread = threading.Thread(target=note)
    thread.start()
    return thread


def test_every_thread_moves_to_one_core_and_back_and_those_started_meanwhile_too() -> None:
    before, until, allowed = os.sched_getaffinity(0), threading.Event(), dict[str, set[int]]()
    threads = [started(allowed, "older", until)]
    with one_core() as alone:
        assert alone
        inside = [os.sched_getaffinity(int(thread)) for thread in os.listdir("/proc/self/task")]
        threads.append(started(allowed, "younger", until))
        while "younger, at first" not in allowed:
            pass
    until.set()
    for thread in threads:
        thread.join()
    assert inside == [{min(before)}] * len(inside)
    assert allowed["younger, at first"] == {min(before)}
    assert os.sched_getaffinity(0) == allowed["older, at last"] == allowed["younger, at last"] == before


def test_an_error_inside_leaves_no_thread_on_one_core() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(ValueError, match="inside"), one_core():
        raise ValueError("inside")
    assert os.sched_getaffinity(0) == before
