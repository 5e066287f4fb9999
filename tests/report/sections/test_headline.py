"""The headline: ratio, interval and break-even; too few blocks are an indication."""

from pathlib import Path

from builders import a_case, a_group, a_plan, outcomes
from built_reports import STEPS, built

from bench.records.run import Failure, Outcome


def test_the_headline_gives_ratio_interval_and_pay_back(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS)
    text = built(tmp_path, records).path.read_text()
    headline = text.split("## ")[1]
    assert (
        "**tf.function** runs this step 2.00x [2.00, 2.00] as fast as eager and repays its dearer start after 8 steps"
        in headline
    )
    assert "**XLA** 0.83" in headline
    assert "(slower)" in headline


def test_few_blocks_are_an_indication_and_the_report_says_what_it_cannot_claim(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), STEPS, blocks=2)).path.read_text()
    assert "An indication from 2 of 6 blocks" in text
    assert "cannot claim" in text


def test_the_case_that_has_too_few_blocks_is_named_with_their_number(tmp_path: Path) -> None:
    records = [o for o in outcomes(a_plan(), STEPS, blocks=7) if o.case.arm != "xla" or o.block not in (2, 5)]
    died = [Outcome(failure=Failure(a_case("xla"), block, "slice", "died of SIGSEGV")) for block in (2, 5)]
    text = built(tmp_path, records + died).path.read_text()
    assert "An indication from 5 of 6 blocks (XLA): On this machine" in text
    assert "with 5 blocks (XLA) no difference reaches" in text
    assert "Indications only, from 5 of the 6 blocks a claim needs (XLA)." in text
    assert "An indication only: 5 blocks of the 6 a claim needs (XLA), the baseline" in text


def test_an_invalid_baseline_leaves_nothing_to_compare_with(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS, last_loss=None)
    text = built(tmp_path, records).path.read_text()
    assert "there is no comparison" in text
    assert "FASTER |" not in text


def test_a_run_of_one_mode_has_its_noise_floor_and_no_ratio(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager",)))
    assert "only the baseline was asked for" in built(tmp_path, outcomes(plan, STEPS), plan).path.read_text()
