"""Outcomes -> results: A/A control, verdicts, reasons without a ratio, break-even, warnings."""

from dataclasses import replace
from typing import Any

import pytest
from builders import (
    a_case,
    a_full_measurement,
    a_group,
    a_late,
    a_measurement,
    a_plan,
    a_reached,
    an_evidence,
    outcomes,
)

from bench.analysis.analyse import analyse
from bench.analysis.results import CaseResult
from bench.analysis.stats.ratios import Verdict
from bench.records.proof import GradientSketch
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, Failure, Outcome, Samples

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.0498, "xla": 0.1}
PLAN = a_plan()


def in_mode(records: list[Outcome], mode: str) -> CaseResult:
    (group,) = analyse(PLAN, records).groups
    return next(result for result in group.candidates if result.case.mode == mode)


def without(mode: str, *instead: Outcome) -> list[Outcome]:
    return [*(outcome for outcome in outcomes(PLAN, STEPS) if outcome.case.mode != mode), *instead]


def failure_of(mode: str, stage: str) -> Outcome:
    return Outcome(failure=Failure(a_case(mode), 0, stage, "the reason"))


def test_each_candidate_has_its_verdict_and_the_baseline_and_the_control_have_none() -> None:
    (group,) = analyse(PLAN, outcomes(PLAN, STEPS)).groups
    verdicts = [result.comparison and result.comparison.verdict for result in group.cases]
    assert verdicts == [None, None, Verdict.FASTER, Verdict.SAME, Verdict.SLOWER]


def test_the_control_gives_the_a_a_difference_of_its_group() -> None:
    (group,) = analyse(PLAN, outcomes(PLAN, {**STEPS, "eager-again": 0.055})).groups
    assert group.control_ratio
    assert group.control_ratio.centre == pytest.approx(1 / 1.1, rel=0.01)
    assert group.aa_difference == pytest.approx(1.1, rel=0.01)
    assert len(group.baseline.control) == 6
    assert not any(result.control for result in group.cases[1:])


def test_without_a_control_there_is_no_a_a_difference() -> None:
    (group,) = analyse(PLAN, [o for o in outcomes(PLAN, STEPS) if not o.case.again]).groups
    assert (group.control_ratio, group.aa_difference) == (None, None)
    assert group.candidates[0].comparison


def test_a_difference_smaller_than_the_a_a_difference_is_uncertain() -> None:
    records = outcomes(PLAN, {**STEPS, "function": 0.05 / 1.06, "eager-again": 0.05 * 1.2})
    comparison = in_mode(records, "function").comparison
    assert comparison
    assert comparison.verdict is Verdict.UNCERTAIN
    assert comparison.reason.startswith("no larger than the A/A difference")


def test_all_comparisons_of_a_run_share_one_correction() -> None:
    """The same slices in a plan of two groups have twice the p-value in Holm's first rank."""
    larger = tuple(replace(case, workload=replace(case.workload, batch_size=8)) for case in a_group(("eager", "graph")))
    small = a_plan(a_group(("eager", "graph")))
    both = replace(small, cases=(*small.cases, *larger))
    alone, together = (
        analyse(plan, outcomes(plan, STEPS)).groups[0].candidates[0].comparison for plan in (small, both)
    )
    assert alone
    assert together
    assert alone.p
    assert together.p == pytest.approx(2 * alone.p)


@pytest.mark.parametrize(
    ("stage", "verdict", "reason"),
    [
        ("equal work", Verdict.INVALID, "the reason"),
        (NOT_AVAILABLE, Verdict.NOT_AVAILABLE, "the reason"),
        (NOT_APPLICABLE, Verdict.NOT_APPLICABLE, "the reason"),
        ("slice", Verdict.NOT_COMPARABLE, "failed at stage slice: the reason"),
    ],
)
def test_a_case_without_a_ratio_has_the_reason(stage: str, verdict: Verdict, reason: str) -> None:
    result = in_mode(without("graph", failure_of("graph", stage)), "graph")
    assert result.comparison
    assert (result.comparison.ratio, result.comparison.verdict, result.comparison.reason) == (None, verdict, reason)
    assert result.break_even is None


def test_a_case_that_was_not_measured_yet_and_one_without_a_baseline_are_not_comparable() -> None:
    missing, alone = in_mode(without("graph"), "graph"), in_mode(without("eager"), "graph")
    assert missing.comparison
    assert missing.comparison.reason == "not measured yet"
    assert alone.comparison
    assert alone.comparison.reason == "the baseline (eager) has no valid measurement"


def test_only_a_faster_mode_breaks_even() -> None:
    """TF1's graph starts 0.1 s sooner than eager; a start of 1.3 s is recovered at 25 ms a step after 36 steps."""
    records = outcomes(PLAN, STEPS)
    even = {mode: in_mode(records, mode).break_even for mode in ("graph", "function", "xla")}
    assert [mode_even.text for mode_even in even.values() if mode_even] == ["at once", "no speedup shown", "never"]
    later = [
        replace(o, measurement=replace(o.measurement, first_call_s=1.2))
        if o.measurement and o.case.mode == "graph"
        else o
        for o in records
    ]
    recovered = in_mode(later, "graph").break_even
    assert recovered
    assert recovered.steps
    assert recovered.steps.centre == pytest.approx(0.9 / 0.025, rel=0.01)


def test_what_happened_to_a_case_qualifies_its_comparison() -> None:
    records = [o for o in outcomes(PLAN, STEPS) if (o.case.mode, o.block) != ("graph", 3)]
    failed = Outcome(failure=Failure(a_case("graph"), 3, "slice", "it died"))
    comparison = in_mode([*records, failed], "graph").comparison
    assert comparison
    assert comparison.warnings == ("5 of the 6 repetitions that a claim needs", "failed in repetition 3: it died")


def test_a_mode_that_was_not_what_it_claims_is_invalid_with_every_reason_once() -> None:
    bad = [Outcome(measurement=a_measurement(a_case("graph"), block, last_loss=None)) for block in range(6)]
    assert len(in_mode(without("graph", *bad), "graph").invalid) == 1


def test_blocks_that_a_very_slow_mode_skipped_count_for_its_comparison() -> None:
    slow = [
        Outcome(measurement=a_measurement(a_case("xla"), block, steady=Samples((1.0, 1.0), 1, (0, 2))))
        for block in (0, 2, 4)
    ]
    result = in_mode(without("xla", *slow), "xla")
    assert (result.skipped_blocks, result.blocks) == (3, 6)
    assert "in 3 of 6 repetitions" in result.warnings[0]


def full(arm: str = "", **changes: Any) -> list[Outcome]:
    """All with the evidence of every update; `changes` of the proof of this arm's, from the second block on."""
    return [
        Outcome(
            measurement=a_full_measurement(
                case, block, STEPS[case.arm] * (1 + 0.002 * block), **(changes if case.arm == arm and block else {})
            )
        )
        for block in range(6)
        for case in PLAN.cases
    ]


def invalid(records: list[Outcome]) -> dict[str, tuple[str, ...]]:
    (group,) = analyse(PLAN, records).groups
    return {result.case.arm: result.invalid for result in group.cases if result.invalid}


def test_cases_that_train_alike_to_the_end_are_valid() -> None:
    assert invalid(full()) == {}


@pytest.mark.parametrize("arm", ["graph", "xla", "eager-again"])
def test_a_case_that_trains_otherwise_than_the_baseline_in_one_block_is_invalid_with_its_reason_once(arm: str) -> None:
    (reason,) = invalid(full(arm, reached=(a_reached(lengths=(1.0,)),)))[arm]
    assert "after 10 updates its weights have come another way" in reason


def test_a_baseline_that_trains_otherwise_in_later_blocks_is_not_like_itself() -> None:
    """And whoever trained as before is not like it."""
    found = invalid(full("eager", reached=(a_reached(lengths=(1.0,)),)))
    assert set(found) == set(STEPS)
    assert "another way" in found["eager"][0]


def test_a_case_is_compared_with_itself_where_its_baseline_is_missing() -> None:
    records = [o for o in full("graph", late=a_late(last_loss=9.0)) if o.case.arm != "eager"]
    (reason,) = invalid(records)["graph"]
    assert "the loss of a late step differs" in reason


def test_a_late_update_after_another_number_of_steps_is_not_compared_and_makes_no_reason() -> None:
    assert invalid(full("graph", late=a_late(updates=99, last_loss=9.0))) == {}


def test_the_noise_of_one_block_serves_all() -> None:
    """Here a rounding alone drives the baseline as far as the case has come."""
    way = a_reached(lengths=(0.0102,))
    records = full("graph", reached=(way,))
    assert set(invalid(records)) == {"graph"}
    sketch = GradientSketch("kernel", 1.0, (0.5, -0.5), noise=1e-6)
    noise = an_evidence(gradients=(sketch,), moved_losses=(2.3,), moved=way)
    records = [
        replace(o, measurement=replace(o.measurement, evidence=noise))
        if o.measurement and (o.case.arm, o.block) == ("eager", 2)
        else o
        for o in records
    ]
    assert invalid(records) == {}


def test_blocks_of_an_older_version_beside_new_ones_are_judged_as_before() -> None:
    old = [o for o in outcomes(PLAN, STEPS) if o.block < 3]
    assert invalid([*old, *(o for o in full() if o.block >= 3)]) == {}


def test_a_verdict_says_where_fewer_first_losses_were_compared() -> None:
    few = an_evidence(first_losses=(2.3, 2.2))
    measured = [a_full_measurement(a_case("xla"), block, 0.1 + block / 1e3) for block in range(6)]
    slow = [Outcome(measurement=replace(m, evidence=few)) for m in measured]
    comparison = in_mode(without("xla", *slow), "xla").comparison
    assert comparison
    assert comparison.reason.endswith("; only its first 2 losses were compared, for its steps take long")
