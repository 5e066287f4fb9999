"""Errors that end a command, each with its exit code and one clear line."""

from difflib import get_close_matches
from enum import IntEnum

from cifar_core.errors import Unsuited

FEW = 5  # names that are read at a glance


class Exit(IntEnum):
    """What the process tells its caller."""

    OK = 0
    REGRESSION = 1
    USAGE = 2
    NOT_ENOUGH_EVIDENCE = 3
    CASE_FAILED = 4
    FAULT = 5
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


class BenchError(Exception):
    """Bad input: the text says what was wrong, which values are known, what to type next."""


class NotMeasured(BenchError):
    """What the rest needs could not be measured, through no bad input; the text says what and why."""


class NotApplicable(Unsuited):
    """A mode cannot hold this task, by its nature; the text says why."""


class NotComparable(Exception):
    """A mode would do other work than the baseline, by design; the text says which."""


class NotAvailable(Exception):
    """A device is not there, or cannot be used; the text says why and what to install."""


def unknown(kind: str, given: str, known: list[str], option: str) -> BenchError:
    """The error for a name that is in no table: with all that are, of many with the one that it is nearly."""
    if len(known) > FEW and (near := get_close_matches(given, known, 1)):
        return BenchError(f"unknown {kind} '{given}', did you mean {near[0]}? type {option} {near[0]}")
    return BenchError(f"unknown {kind} '{given}'; known: {', '.join(known)}; type e.g. {option} {known[0]}")
