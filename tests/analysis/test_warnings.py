"""Warnings that qualify a result."""

from dataclasses import replace

from builders import (
    A_READING,
    CALLS,
    a_case,
    a_full_measurement,
    a_gpu_log,
    a_measurement,
    a_repeated,
    a_replay,
)

from bench.analysis import warnings
from bench.analysis.stats.ratios import Comparison, Summary, Verdict
from bench.records.run import Samples

FASTEST = Summary(2.0, 1.9, 2.1, 6)


def test_a_ratio_over_all_slices_outside_the_interval_is_reported() -> None:
    assert warnings.uneven_noise(FASTEST, Summary(2.05, 1.5, 2.8, 6)) == []
    (text,) = warnings.uneven_noise(FASTEST, Summary(1.6, 1.4, 1.8, 6))
    assert "with all slices, disturbed ones included, the speedup is 1.6x" in text


def test_one_block_has_no_interval_so_no_warning_of_noise() -> None:
    assert warnings.uneven_noise(Summary(2.0, None, None, 1), Summary(1.0, None, None, 1)) == []


def test_a_case_that_gets_faster_within_its_blocks_is_not_steady() -> None:
    falling = [a_measurement(steady=Samples((2.0, 2.0, 1.5, 1.5, 1.0 + block / 100, 1.0), 1)) for block in range(4)]
    assert warnings.unsteady(falling)[0].startswith("slices change by -50%")
    assert warnings.unsteady([a_measurement(steady=Samples((1.0, 1.01) * 6, 1)) for _ in range(4)]) == []


def test_skipped_blocks_are_not_missing() -> None:
    comparison = Comparison(Summary(0.1, 0.05, 0.2, 3), Verdict.SLOWER)
    assert warnings.few_blocks(comparison, 3) == []
    assert warnings.few_blocks(comparison, 2) == ["3 of the 6 repetitions that a claim needs"]


def test_all_warnings_about_a_cases_blocks_are_gathered() -> None:
    quiet, shared = a_gpu_log(A_READING), a_gpu_log(A_READING, others=("python",))
    assert warnings.of_measurements([a_measurement(card=quiet)]) == []
    assert warnings.of_measurements([a_measurement(card=shared)]) == ["others used the GPU as well: python"]


def test_of_what_is_known_of_all_updates_two_warnings_may_come() -> None:
    case = a_case("eager", model="mine:make")
    nearly = a_replay(first=a_repeated(whole=1e-6))
    m = a_full_measurement(case, replay=nearly, calls=replace(CALLS["eager"], functions=("block",)))
    texts = warnings.of_measurements([m])
    assert [text.split(" ")[0] for text in texts] == ["the", "not"]
    assert warnings.of_measurements([a_full_measurement(case)]) == []
