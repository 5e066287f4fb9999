"""Intervals that hold although a run looks at them after every block, and stops when it has seen enough.

At every look the interval is Student's at one nominal level, lower than 5 %, chosen so that in all looks together the
truth is left out in 5 % of runs: the constant boundary of Pocock (Biometrika 64, 1977), applied to t, as a repeated
confidence interval (Jennison and Turnbull, Controlled Clinical Trials 5, 1984; Group Sequential Methods, 2000, chapter
9). So it holds wherever a run stops, and for whatever reason.
"""

import math
from bisect import bisect
from collections.abc import Sequence

from bench.analysis.stats.ratios import ALPHA, Summary, student
from bench.records.run import Looks

# The nominal level in per cent by the first look and the last: 500,000 simulated runs of normal blocks each, seed 12
# (standard error about 1 % of the level). Between two last looks it is interpolated over the logarithm.
LAST = (2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 30, 40, 60, 100, 200)
LEVELS = {
    2: (5, 2.75, 1.99, 1.62, 1.39, 1.24, 1.12, 0.973, 0.874, 0.741, 0.662, 0.551, 0.491, 0.422, 0.359, 0.292),
    3: (5, 3, 2.25, 1.84, 1.59, 1.41, 1.18, 1.04, 0.861, 0.758, 0.615, 0.543, 0.461, 0.386, 0.311),
    4: (5, 3.22, 2.47, 2.05, 1.77, 1.43, 1.23, 0.997, 0.864, 0.689, 0.595, 0.5, 0.413, 0.329),
    5: (5, 3.37, 2.63, 2.2, 1.71, 1.44, 1.13, 0.97, 0.755, 0.648, 0.537, 0.438, 0.345),
    6: (5, 3.48, 2.77, 2.05, 1.68, 1.28, 1.08, 0.824, 0.699, 0.573, 0.464, 0.361),
}


def level(first: int, last: int) -> float:
    """The nominal level (0..1) of the interval at each look after blocks `first`, `first` + 1, ... `last`.

    Of a first look later than any in the table it is that of the latest there, which is on the safe side.
    """
    row = LEVELS[max((known for known in LEVELS if known <= first), default=min(LEVELS))]
    lasts = LAST[-len(row) :]
    if last <= first or last <= lasts[0]:
        return ALPHA
    after = min(bisect(lasts, last), len(lasts) - 1)
    share = math.log(last / lasts[after - 1]) / math.log(lasts[after] / lasts[after - 1])
    return math.exp((1 - share) * math.log(row[after - 1]) + share * math.log(row[after])) / 100


def answered(this_run: Summary, goal: float) -> bool:
    """Whether a comparison is answered to within `goal` (0.03: 3 %), so that a run may stop for it.

    The interval reaches no further than the goal, and excludes 1 or lies within the goal of 1.
    """
    if this_run.low is None or this_run.high is None:
        return False
    within = this_run.low >= 1 / (1 + goal) and this_run.high <= 1 + goal
    return this_run.half_width <= goal and (within or not this_run.low <= 1 <= this_run.high)


def first_interval(log_ratios: Sequence[float], looks: Looks | None = None) -> Summary:
    """The speedup in this run with its 95 % interval across blocks, given the logarithms of the blocks' ratios.

    With `looks` it holds wherever the run stopped; without, for a number of blocks that was fixed beforehand. Where a
    run was cut short before its first look, the cut counts as the first.
    """
    n = len(log_ratios)
    return student(log_ratios, level(min(n, looks.first), looks.last) if looks else ALPHA)
