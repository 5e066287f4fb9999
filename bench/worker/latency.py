"""How long single calls of a model take, each waited for: measured after the slices, in every repetition."""

from collections.abc import Callable

import numpy as np

from bench.modes import Trainer
from bench.records.costs import Latency

CALLS, WARM_UP, MOST_S = 500, 5, 3.0  # 500 calls leave five beyond the 99th percentile
LEAST = 20  # however slow a call is


def latency(trainer: Trainer, clock: Callable[[], float]) -> Latency:
    """Call after call, up to CALLS or until MOST_S have passed."""
    for _ in range(WARM_UP):
        _call_s(trainer, clock)
    calls_s, begun = list[float](), clock()
    while len(calls_s) < LEAST or (len(calls_s) < CALLS and clock() - begun < MOST_S):
        calls_s.append(_call_s(trainer, clock))
    median_s, p95_s, p99_s = (float(each) for each in np.percentile(calls_s, [50, 95, 99]))
    return Latency(len(calls_s), median_s, p95_s, p99_s)


def _call_s(trainer: Trainer, clock: Callable[[], float]) -> float:
    start = clock()
    trainer.run(1)
    trainer.sync()
    return clock() - start
