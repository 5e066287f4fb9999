"""The results of a run: what is valid, enough, failed, and the ratios between two cases."""

import statistics
from dataclasses import replace

import pytest
from builders import a_case, a_group, a_measurement, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.paired import block_ratios, ratio_between
from bench.analysis.results import CaseResult, Run
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, Failure, Outcome, Samples

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025}
PLAN = a_plan(a_group(("eager", "function")))


def a_run(records: list[Outcome] | None = None) -> Run:
    return analyse(PLAN, outcomes(PLAN, STEPS) if records is None else records)


def failure_of(mode: str, stage: str, block: int = 0) -> Outcome:
    return Outcome(failure=Failure(a_case(mode), block, stage, "the reason"))


def without(mode: str) -> list[Outcome]:
    return [outcome for outcome in outcomes(PLAN, STEPS) if outcome.case.mode != mode]


def test_the_baseline_comes_first_and_the_control_is_no_candidate() -> None:
    (group,) = a_run().groups
    assert [result.title for result in group.cases] == ["eager", "eager, A/A control", "tf.function"]
    assert group.baseline is group.cases[0]
    assert [result.title for result in group.candidates] == ["tf.function"]


def test_a_title_names_what_is_special_about_the_case() -> None:
    case = replace(a_case("function_loop"), steps_per_call=10, slowdown=0.05)
    assert CaseResult(case, (), (), ()).title == "tf.function loop, 10 a call, slowed by 5%"


def test_a_summary_is_over_blocks_and_absent_for_an_invalid_case() -> None:
    result = a_run().groups[0].baseline
    step = result.summary("step")
    assert step
    assert (step.n, step.centre) == (6, pytest.approx(0.05, rel=0.01))
    assert result.summary("cpu") is None
    assert replace(result, invalid=("it retraced",)).summary("step") is None


def test_the_candidate_is_compared_with_both_entries_of_the_baseline_and_the_control_with_one() -> None:
    """Each slice of the first entry takes 0.1 s, of the control 0.4 s and of tf.function 0.1 s, two steps each."""
    slices_s = {"eager": 0.1, "eager-again": 0.4, "function": 0.1}
    records = [
        Outcome(measurement=a_measurement(case, 0, steady=Samples((slices_s[case.arm],) * 3, 2))) for case in PLAN.cases
    ]
    baseline, control, function = a_run(records).groups[0].cases
    assert block_ratios(baseline, function) == [pytest.approx(2.0)]  # the geometric mean of 1 and 4
    assert block_ratios(baseline, control) == [pytest.approx(0.25)]
    assert block_ratios(function, baseline) == [pytest.approx(0.5)]


def test_only_blocks_with_both_cases_have_a_ratio() -> None:
    records = [o for o in outcomes(PLAN, STEPS) if (o.case.mode, o.block) != ("function", 2)]
    baseline, _, function = a_run(records).groups[0].cases
    assert len(block_ratios(baseline, function)) == 5
    assert block_ratios(baseline, replace(function, invalid=("it retraced",))) == []


def test_the_mean_counts_the_slices_that_noise_made_longer_and_the_median_does_not() -> None:
    noisy = [
        Outcome(measurement=a_measurement(case, block, steady=Samples((0.1, 0.1, 0.8 if case.again else 0.1), 2)))
        for block in range(2)
        for case in PLAN.cases
    ]
    baseline, control, _ = a_run(noisy).groups[0].cases
    typical, overall = ratio_between(baseline, control), ratio_between(baseline, control, average=statistics.fmean)
    assert typical
    assert overall
    assert (typical.centre, overall.centre) == (pytest.approx(1.0), pytest.approx(0.5))


def test_a_run_has_enough_blocks_where_its_smallest_comparison_has() -> None:
    assert a_run().enough
    fewer = a_run([o for o in outcomes(PLAN, STEPS) if (o.case.mode, o.block) != ("function", 2)])
    assert (fewer.blocks, fewer.fewest_blocks, fewer.enough) == (6, 5, False)


def test_a_mode_that_does_not_apply_is_no_failure() -> None:
    run = a_run([*without("function"), failure_of("function", NOT_APPLICABLE)])
    assert run.groups[0].candidates[0].not_applicable == "the reason"
    assert (run.breakdowns, run.failed) == ((), False)


def test_a_case_that_broke_or_was_invalid_is_a_failure() -> None:
    broken = a_run([*outcomes(PLAN, STEPS), failure_of("function", "slice", 5)])
    assert len(broken.breakdowns) == 1
    assert broken.failed
    assert a_run(outcomes(PLAN, STEPS, last_loss=None)).failed


def test_an_absent_device_is_a_failure_where_it_was_needed_or_the_only_one() -> None:
    gpu = replace(a_case(), device="gpu")
    absent = Outcome(failure=Failure(gpu, 0, NOT_AVAILABLE, "no GPU here"))
    both = replace(PLAN, cases=(*PLAN.cases, gpu))
    run = analyse(both, [*outcomes(PLAN, STEPS), absent])
    assert (run.absent, run.failed) == ({"gpu": "no GPU here"}, False)
    assert analyse(replace(both, needed=("gpu",)), [*outcomes(PLAN, STEPS), absent]).failed
    assert analyse(replace(PLAN, cases=(gpu,)), [absent]).failed
