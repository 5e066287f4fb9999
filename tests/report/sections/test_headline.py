"""The headline: ratio, interval and break-even; too few blocks are an indication."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from builders import ENVIRONMENT, a_case, a_group, a_plan, outcomes
from built_reports import STEPS, built

from bench.records.costs import Costs
from bench.records.environment import Environment
from bench.records.run import Failure, Outcome, Plan
from bench.records.spread import ComparisonSpread, Spread
from bench.report.sections.cards import card
from bench.report.sections.headline import known_first, sentences


def test_the_headline_gives_ratio_interval_and_pay_back(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS)
    text = built(tmp_path, records).path.read_text()
    headline = text.split("## In one sentence")[1].split("## ")[0]
    both = "this run [2.00, 2.00], over time [1.89, 2.11]"
    assert f"**tf.function** 2.00x vs eager ({both}), breaks even after 8 steps [8, 8]" in headline
    assert "**XLA** 1.20x slower vs eager" in headline
    assert "): slower" in headline
    assert "Run-to-run spread 2.50 % assumed: 5 more runs here, over two hours or more, measure it." in headline
    assert "CPU time" not in headline
    assert "overloaded" not in headline


def test_one_repetition_has_no_multiple(tmp_path: Path) -> None:
    run = built(tmp_path, outcomes(a_plan(), STEPS, blocks=1)).run
    (sentence,) = sentences(run)
    assert "**tf.function** was measured in one repetition, which gives no interval and no verdict" in sentence
    assert not re.search(r"\dx", sentence)


def test_few_repetitions_are_likely_and_their_break_even_rough(tmp_path: Path) -> None:
    (sentence,) = sentences(built(tmp_path, outcomes(a_plan(), STEPS, blocks=3)).run)
    assert "): likely faster, breaks even after 8 steps [8, 8] (rough)" in sentence
    assert "): likely slower" in sentence


def test_what_only_this_run_shows_is_said_to_be_no_larger_than_runs_differ(tmp_path: Path) -> None:
    (sentence,) = sentences(built(tmp_path, outcomes(a_plan(), {**STEPS, "function": 0.0484})).run)
    assert "): not certain, faster in this run; no larger than run-to-run variation here (±" in sentence


def test_a_spread_that_was_measured_here_is_named_and_asks_for_no_more_runs(tmp_path: Path) -> None:
    plan = a_plan()
    own = [
        ComparisonSpread(plan.cases[0].key, c.key, Spread(0.004, 7.0, "measured over 8 runs here", 8))
        for c in plan.cases
    ]
    (sentence,) = sentences(built(tmp_path, outcomes(plan, STEPS), replace(plan, spreads=tuple(own[2:]))).run)
    assert "over time [1.98, 2.02]" in sentence
    assert sentence.endswith("Run-to-run spread 0.40 % measured over 8 runs here.")


def with_cpu_time(
    plan: Plan, factor: float, environment: Environment = ENVIRONMENT, mode: str = "function"
) -> list[Outcome]:
    """Every slice keeps one core busy, but the mode's `factor` of them."""
    return [
        replace(
            o,
            measurement=replace(m, costs=Costs(sum(m.steady.seconds) * (factor if m.case.mode == mode else 1), 1, 1)),
        )
        for o in outcomes(plan, STEPS, environment=environment)
        if (m := o.measurement)
    ]


def test_an_overloaded_machine_and_its_cpu_time_come_first(tmp_path: Path) -> None:
    records = with_cpu_time(a_plan(), 1.0, replace(ENVIRONMENT, load_before=28.0))
    first, sentence = sentences(built(tmp_path, records).run)
    assert first.startswith("**the machine was overloaded**: load 28 on 2 cores")
    assert "In CPU time: TF1 graph" in first
    assert sentence.startswith("On this machine")


def test_a_speedup_that_cpu_time_reverses_is_said_first(tmp_path: Path) -> None:
    first, _ = sentences(built(tmp_path, with_cpu_time(a_plan(), 3.0)).run)
    assert first.startswith("**tf.function: faster in wall time only.** In CPU time: tf.function 1.50x slower")
    assert "more cores are kept busy than by eager" in first


def test_a_mode_that_is_slower_in_wall_time_only_is_said_first(tmp_path: Path) -> None:
    first, _ = sentences(built(tmp_path, with_cpu_time(a_plan(), 0.5, mode="xla")).run)
    assert first.startswith("**XLA: slower in wall time only.** In CPU time: XLA 1.67x [")
    assert first.endswith("Reason: fewer cores are kept busy than by eager.")


@pytest.mark.parametrize(("factor", "in_cpu_time"), [(1.0, ""), (1.5, "1.33x ["), (0.8, "2.50x [")])
def test_keeping_more_cores_busy_is_no_conflict_and_the_other_number_stands_beside_the_speedup(
    factor: float, in_cpu_time: str, tmp_path: Path
) -> None:
    run = built(tmp_path, with_cpu_time(a_plan(), factor)).run
    (sentence,) = sentences(run)
    assert sentence.count(", in CPU time ") == bool(in_cpu_time)
    assert f", in CPU time {in_cpu_time}" in sentence or not in_cpu_time
    shown = dict(card(run, None).ranges).get("in_CPU_time", "")
    assert shown.startswith(in_cpu_time)
    assert bool(shown) == bool(in_cpu_time)


def test_a_baseline_that_waited_is_said_first(tmp_path: Path) -> None:
    first, _ = sentences(built(tmp_path, with_cpu_time(a_plan(), 0.6, mode="eager")).run)
    assert first.startswith("**Some modes waited while they were timed**, for other programs or for input: ")
    assert "cores busy: eager 0.600. In CPU time: TF1 graph" in first


def test_of_modes_that_are_named_only_theirs_is_said(tmp_path: Path) -> None:
    run = built(tmp_path, with_cpu_time(a_plan(), 3.0)).run
    (group,) = run.groups
    graph, function, _ = group.candidates
    assert known_first(run, group, [graph]) == []
    (text,) = known_first(run, group, [function])
    assert "TF1 graph" not in text


def test_few_blocks_are_an_indication_and_the_report_says_what_it_cannot_claim(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), STEPS, blocks=2)).path.read_text()
    assert "An indication from 2 of 6 repetitions" in text
    assert "cannot claim" in text


def test_the_case_that_has_too_few_blocks_is_named_with_their_number(tmp_path: Path) -> None:
    records = [o for o in outcomes(a_plan(), STEPS, blocks=7) if o.case.arm != "xla" or o.block not in (2, 5)]
    died = [Outcome(failure=Failure(a_case("xla"), block, "slice", "died of SIGSEGV")) for block in (2, 5)]
    text = built(tmp_path, records + died).path.read_text()
    assert "An indication from 5 of 6 repetitions (XLA): On this machine" in text
    assert "with 5 of the 6 repetitions that a claim needs (XLA), treat the intervals as rough" in text
    assert "Indications only, from 5 of the 6 repetitions a claim needs (XLA)." in text
    assert "An indication only: 5 of the 6 repetitions a claim needs (XLA), A/A control" in text


def test_an_invalid_baseline_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS, last_loss=None)
    text = built(tmp_path, records).path.read_text()
    assert "there is no comparison" in text
    assert "FASTER |" not in text


def test_a_run_of_one_mode_has_its_a_a_difference_and_no_ratio(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager",)))
    assert "only the baseline was asked for" in built(tmp_path, outcomes(plan, STEPS), plan).path.read_text()
