"""Very slow cases: which blocks they skip, and the warning of it."""

from builders import SCHEDULE, a_case, a_measurement

from bench.analysis.slow_cases import SLOW, count_skipped, sampling_warning, skips_block
from bench.records.run import Failure, Measurement, Samples

XLA = a_case("xla_loop")
BASELINE = [a_measurement(block=block, step_s=0.01) for block in range(6)]


def slow(*blocks: int, step_s: float = 0.01 * SLOW) -> list[Measurement]:
    return [a_measurement(XLA, block, step_s) for block in blocks]


def test_a_case_skips_odd_blocks_once_an_earlier_block_showed_it_to_be_very_slow() -> None:
    assert [block for block in range(1, 6) if skips_block(block, BASELINE, slow(0))] == [1, 3, 5]
    assert not skips_block(1, BASELINE, [])
    assert not skips_block(1, BASELINE, slow(2))


def test_a_case_just_under_the_limit_skips_nothing() -> None:
    assert not any(skips_block(block, BASELINE, slow(0, step_s=0.0099 * SLOW)) for block in range(6))


def test_a_slow_case_whose_slices_are_as_short_as_the_baselines_skips_nothing() -> None:
    """It costs no more time than any other, with fewer steps a slice."""
    baseline = [a_measurement(block=0, steady=Samples((0.1,) * 3, 80))]
    candidate = [a_measurement(XLA, 0, steady=Samples((0.1,) * 3, 8))]
    assert not skips_block(1, baseline, candidate)


def test_a_case_that_failed_in_an_odd_block_did_not_skip_it() -> None:
    assert count_skipped(BASELINE, slow(0, 2, 4), []) == 3
    assert count_skipped(BASELINE, slow(0, 2, 4), [Failure(XLA, 3, "slice", "it died")]) == 2
    assert count_skipped(BASELINE, BASELINE, []) == 0


def test_fewer_rounds_and_blocks_are_a_warning() -> None:
    short = [a_measurement(XLA, block, steady=Samples((0.5, 0.5), 1, (0, 2))) for block in (0, 2)]
    (text,) = sampling_warning(short, skipped_blocks=2)
    assert f"took part in 2 of {SCHEDULE.rounds} rounds, in 2 of 4 repetitions, with 1 step a slice" in text
    assert "Student's t-test of so few repetitions" in text
    (one_block,) = sampling_warning(short[:1], skipped_blocks=0)
    assert "blocks" not in one_block
    assert sampling_warning(BASELINE, skipped_blocks=0) == []
