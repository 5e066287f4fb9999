"""Very slow cases are sampled less often, so that they do not take up most of a run's time.

A case at least SLOW times slower than its baseline takes shorter slices, in a few rounds of a block (runner/block.py).
Once a block has shown it to be so slow, it skips every second block (runner/run.py): its ratio needs no fine interval.
"""

from collections.abc import Sequence

from bench.analysis.metrics import step_s
from bench.records.run import Failure, Measurement

SLOW = 8.0  # this many times the baseline's time of a step
SLOW_ROUNDS = 2  # at most this many rounds of a block


def skips_block(block: int, baseline: Sequence[Measurement], candidate: Sequence[Measurement]) -> bool:
    """Whether a candidate with these measurements so far skips this block. No case skips an even block."""
    baseline_s = {m.block: step_s(m) for m in baseline}
    return block % 2 == 1 and any(
        m.block < block and m.block in baseline_s and step_s(m) >= SLOW * baseline_s[m.block] for m in candidate
    )


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
    blocks = f", in {measured} of {planned} blocks" if skipped_blocks else ""
    few = ", and its verdict rests on Student's t-test of so few blocks" if skipped_blocks else ""
    return [
        f"its slices take far longer than the baseline's, so it took part in {len(steady.seconds)} of {rounds} rounds"
        f"{blocks}, with {steady.steps_per_slice} step{'s' * (steady.steps_per_slice > 1)} a slice: "
        f"its interval is wider for it{few}"
    ]
