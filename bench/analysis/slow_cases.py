"""Very slow cases are sampled less often, so that they do not take up most of a run's time.

A case whose slices cannot be as short as its baseline's, for even one step takes far longer, takes part in a few rounds
of a block only (runner/block.py). One that is SLOW times slower, too, skips every second block once a block has shown
that (runner/run.py): its ratio needs no fine interval.
"""

import statistics
from collections.abc import Sequence

from bench.analysis.metrics import step_s
from bench.records.run import Failure, Measurement

SLOW = 8.0  # this many times the baseline's time of a step
FAR_LONGER = 4.0  # this many times the duration of the baseline's slices
SLOW_ROUNDS = 2  # at most this many rounds of a block


def skips_block(block: int, baseline: Sequence[Measurement], candidate: Sequence[Measurement]) -> bool:
    """Whether a candidate with these measurements so far skips this block. No case skips an even block."""
    by_block = {m.block: m for m in baseline}
    pairs = [(m, by_block[m.block]) for m in candidate if m.block < block and m.block in by_block]
    return block % 2 == 1 and any(
        step_s(m) >= SLOW * step_s(beside) and slice_s(m) >= FAR_LONGER * slice_s(beside) for m, beside in pairs
    )


def slice_s(measurement: Measurement) -> float:
    """The median duration of a slice, in seconds."""
    return statistics.median(measurement.steady.seconds)


def count_skipped(
    baseline: Sequence[Measurement], candidate: Sequence[Measurement], failures: Sequence[Failure]
) -> int:
    """How many of the baseline's blocks the candidate skipped for being very slow."""
    took_part = {m.block for m in candidate} | {failure.block for failure in failures}
    return sum(m.block not in took_part and skips_block(m.block, baseline, candidate) for m in baseline)


def sampling_warning(measurements: Sequence[Measurement], skipped_blocks: int) -> list[str]:
    """A warning of how much less often the case was sampled; none where it took part in full."""
    short = [m for m in measurements if len(m.steady.seconds) < m.schedule.rounds]
    if not short:
        return []
    steady, rounds = short[0].steady, short[0].schedule.rounds
    measured, planned = len(measurements), len(measurements) + skipped_blocks
    blocks = f", in {measured} of {planned} repetitions" if skipped_blocks else ""
    few = ", and its verdict rests on Student's t-test of so few repetitions" if skipped_blocks else ""
    return [
        f"its slices take far longer than the baseline's, so it took part in {len(steady.seconds)} of {rounds} rounds"
        f"{blocks}, with {steady.steps_per_slice} step{'s' * (steady.steps_per_slice > 1)} a slice: "
        f"its interval is wider for it{few}"
    ]
