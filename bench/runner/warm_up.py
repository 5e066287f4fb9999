"""The warm-up of a block: short pieces, interleaved, until no case's step gets shorter any more.

The least time of a step in them is a case's pace, by which slices get their numbers of steps: with something else on
the machine a single timing would say little, and the mean too much.
"""

from bench.runner.durations import Pace
from bench.runner.worker_process import WorkerProcess

PIECE_S = 0.01  # a piece has as many steps as take so long, at least one
TIMINGS = 5  # pieces before a pace is known
MOST_PIECES = 12
SHORTER = 0.9  # a piece whose steps take less than this share of the least before is still warming up
SHORTEST_S = 1e-9  # the clock counts nanoseconds


def piece(worker: WorkerProcess) -> int:
    """The steps of a piece, in whole calls."""
    return Pace(max(worker.step_s, SHORTEST_S), worker.per_call).steps_within(PIECE_S)


def is_cold(worker: WorkerProcess, least: int) -> bool:
    """Whether it has to take another piece; `least` is how many it takes in any case."""
    if len(worker.pieces_s) < max(1, least):
        return True
    *before, last = (worker.step_s, *worker.pieces_s)
    return len(worker.pieces_s) < MOST_PIECES and last < SHORTER * min(before)


def pace(worker: WorkerProcess, workers: list[WorkerProcess]) -> Pace:
    """A case's pace in its slices; the baseline's and its A/A control's are the same, whose slices are too."""
    alike = [other for other in workers if other.order.case.is_like(worker.order.case)]
    least_s = min(step_s for other in alike for step_s in other.pieces_s or [other.step_s])
    return Pace(max(least_s, SHORTEST_S) * (1 + worker.order.case.injected), worker.per_call)
