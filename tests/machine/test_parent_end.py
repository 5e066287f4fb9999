"""The parent's end of the pipe, and the child's end at the other side of it."""

import os
import sys
from collections.abc import Iterator

import pytest
from places import ROOT
from waiting import LATE_S

from bench.machine import parent_end
from bench.machine.launcher import executed
from bench.machine.parent_end import Child, Gone

ENV = {**os.environ, "PYTHONPATH": str(ROOT)}
ECHO = """
from bench.machine.child_end import connect
lines, out = connect()
for line in lines:
    print("not an answer", flush=True)
    out.write(line.upper())
    out.flush()
"""


def started(code: str) -> Child:
    return Child(executed((sys.executable, "-c", code), ENV))


@pytest.fixture
def echo() -> Iterator[Child]:
    child = started(ECHO)
    yield child
    child.end()


def test_each_record_is_answered_by_a_line_and_other_output_is_kept_apart(echo: Child) -> None:
    for word in ("one", "two"):
        echo.send(word)
        assert echo.receive(LATE_S) == f'"{word.upper()}"\n'.encode()
    assert echo.tail() == "not an answer\n" * 2


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit(3)", "ended by itself with code 3"),
        ("import os; os.abort()", "died of SIGABRT"),
        ("import os; os.kill(os.getpid(), 9)", "killed from outside .* memory runs out"),
    ],
)
def test_a_child_that_dies_is_gone_with_its_cause(code: str, reason: str) -> None:
    child = started(code)
    with pytest.raises(Gone, match=reason):
        child.receive(LATE_S)
    child.send("nobody hears it")
    child.end()


def test_a_child_that_hangs_is_gone_at_the_time_limit_and_can_be_ended() -> None:
    child = started("import time; time.sleep(60)")
    with pytest.raises(Gone, match=r"no answer within 0\.2 s: it hung and was ended"):
        child.receive(0.2)
    child.end()
    child.end()  # may be called again


def test_what_a_child_wrote_last_is_kept() -> None:
    child = started("import sys; sys.stderr.write('x' * 3000 + 'the end'); sys.exit(1)")
    with pytest.raises(Gone):
        child.receive(LATE_S)
    assert (len(child.tail()), child.tail()[-7:]) == (2000, "the end")
    child.end()


def test_a_child_that_crashes_outside_python_says_what_python_was_doing() -> None:
    child = started("""
from bench.machine.child_end import connect
connect()
import ctypes, numpy, sys
print("free(): invalid pointer", file=sys.stderr, flush=True)
def warming_up():
    ctypes.string_at(0)
warming_up()
""")
    with pytest.raises(Gone, match="died of SIGSEGV"):
        child.receive(LATE_S)
    assert "Segmentation fault" in child.tail()
    assert "in warming_up" in child.tail()
    assert "Extension modules" not in child.tail()
    assert child.last_line() == "free(): invalid pointer"
    child.end()


def test_a_parent_that_is_kept_from_running_while_it_waits_knows_it_and_calls_no_child_hung(
    echo: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen container, a machine that slept: the clock has gone on and this process has not."""
    echo.send("before")
    echo.receive(LATE_S)
    assert not echo.held
    times = iter([0.0, 1000.0])
    monkeypatch.setattr(parent_end, "_now", lambda: next(times, 1000.0))
    echo.send("after")
    assert echo.receive(LATE_S) == b'"AFTER"\n'
    assert echo.held


def test_an_answer_that_came_while_the_parent_was_stopped_is_heard_before_the_child_is_called_hung(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    child = started("import time; time.sleep(0.5); print('late', flush=True); time.sleep(60)")
    monkeypatch.setattr(parent_end, "_now", iter(range(0, 10**6, 100)).__next__)
    assert child.receive(0.1) == b"late\n"
    child.end()
