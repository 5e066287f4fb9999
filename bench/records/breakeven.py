"""The records of a break-even that was tried out, as they stand in a run folder's `trials.json`."""

from dataclasses import dataclass

from bench.records.case import Case
from bench.records.run import Failure


@dataclass(frozen=True, slots=True)
class TriedBreakEven:
    """The baseline and a candidate, each trained `steps` steps from nothing in a fresh process of its own.

    Seconds are totals: building, tracing, compiling and every step; TensorFlow's import and the data left out.
    `predicted` is the break-even the run had found, in steps after the first.
    """

    candidate: Case
    predicted: float
    steps: int
    repeat: int
    baseline_s: float
    candidate_s: float


@dataclass(frozen=True, slots=True)
class TriedBreakEvens:
    """All that were made so far, in order."""

    format: int
    trials: tuple[TriedBreakEven, ...] = ()
    failures: tuple[Failure, ...] = ()
