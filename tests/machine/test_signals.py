"""Signals that end a command interrupt it, are held back where something must be whole, and have their exit codes."""

import signal

import pytest

from bench.errors import Exit
from bench.machine.signals import Interrupted, exit_code, interrupting, uninterrupted

ENDING = [(signal.SIGINT, Exit.INTERRUPTED), (signal.SIGTERM, Exit.TERMINATED), (signal.SIGHUP, Exit.HUNG_UP)]
pytestmark = pytest.mark.usefixtures("interruptible")


@pytest.mark.parametrize(("number", "code"), ENDING)
def test_each_signal_interrupts_and_has_its_own_exit_code(number: int, code: Exit) -> None:
    before = signal.getsignal(number)
    with pytest.raises(Interrupted) as raised, interrupting():
        signal.raise_signal(number)
    assert exit_code(raised.value) is code
    assert signal.getsignal(number) is before


def test_ctrl_c_as_python_raises_it_has_the_same_code() -> None:
    assert exit_code(KeyboardInterrupt()) is Exit.INTERRUPTED


@pytest.mark.parametrize(("number", "code"), ENDING)
def test_a_signal_is_held_back_until_what_must_be_whole_is_done(number: int, code: Exit) -> None:
    done = []

    def work() -> None:
        with uninterrupted():
            with uninterrupted():
                signal.raise_signal(number)
                done.append("inner")
            done.append("outer")

    with pytest.raises(Interrupted) as raised, interrupting():
        work()
    assert done == ["inner", "outer"]
    assert exit_code(raised.value) is code


@pytest.mark.parametrize("number", [number for number, _ in ENDING])
def test_a_signal_that_is_ignored_stays_ignored(number: int) -> None:
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with interrupting(), uninterrupted():
            signal.raise_signal(number)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


def test_of_several_signals_that_were_held_back_the_first_counts() -> None:
    def work() -> None:
        with uninterrupted():
            signal.raise_signal(signal.SIGHUP)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(Interrupted) as raised, interrupting():
        work()
    assert exit_code(raised.value) is Exit.HUNG_UP
