"""What a case far slower than its baseline is spared, so that it does not eat everyone's time.

It takes shorter slices, in a few rounds of a block (launch.py), and sits out every second block once an earlier one has
shown it to be so slow (run.py): its ratio needs no fine interval.
"""

from collections.abc import Sequence

from bench.analysis.metrics import step_s
from bench.records.run import Failure, Measurement

SLOW = 8.0  # so many times the baseline's time of a step
SLOW_ROUNDS = 2  # at most so many rounds of a block


def sits_out(block: int, baseline: Sequence[Measurement], own: Sequence[Measurement]) -> bool:
    """Whether the case that `own` are of is not measured in this block. Every even block it does take part in."""
    reference = {m.block: step_s(m) for m in baseline}
    return block % 2 == 1 and any(
        m.block < block and m.block in reference and step_s(m) >= SLOW * reference[m.block] for m in own
    )


def sat_out(baseline: Sequence[Measurement], own: Sequence[Measurement], failures: Sequence[Failure]) -> int:
    """How many of the baseline's blocks the case was spared."""
    took_part = {m.block for m in own} | {failure.block for failure in failures}
    return sum(m.block not in took_part and sits_out(m.block, baseline, own) for m in baseline)


def spared(own: Sequence[Measurement], sat_out: int) -> list[str]:
    """What it was spared, as a warning; nothing where it took part in full."""
    short = [m for m in own if len(m.steady.seconds) < m.schedule.rounds]
    if not short:
        return []
    steady, rounds = short[0].steady, short[0].schedule.rounds
    blocks = f", in {len(own)} of {len(own) + sat_out} blocks" if sat_out else ""
    rests = ", and its verdict rests on Student's t-test of so few blocks" if sat_out else ""
    return [
        f"its slices take far longer than the baseline's, so it took part in {len(steady.seconds)} of {rounds} rounds"
        f"{blocks}, with {steady.steps_per_slice} step{'s' * (steady.steps_per_slice > 1)} a slice: "
        f"its interval is wider for it{rests}"
    ]
