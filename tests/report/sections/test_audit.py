"""The section on sanity checks: a number that breaks a rule is bold, red on the page, and a warning."""

from dataclasses import replace
from pathlib import Path

from builders import a_costs, a_plan, outcomes
from built_reports import STEPS, built

from bench.records.run import Measurement, Outcome


def traced_for_9_s(measurement: Measurement) -> Outcome:
    """Tracing takes longer than the first step that it is part of."""
    return Outcome(measurement=replace(measurement, costs=a_costs("function", cpu_s=0.2, trace_s=9.0)))


def test_what_breaks_a_rule_is_bold_in_the_report_red_on_the_page_and_a_warning(tmp_path: Path) -> None:
    records = [
        traced_for_9_s(outcome.measurement) if outcome.measurement and outcome.case.mode == "function" else outcome
        for outcome in outcomes(a_plan(), STEPS)
    ]
    report = built(tmp_path, records)
    text, page = report.path.read_text(), report.page.read_text()
    assert "| **FAILED: 6 of " in text
    assert "- audit: a part is no larger than its whole: tutorial_cnn, batch 64, float32, CPU, tf.function" in text
    assert "<strong>FAILED: 6 of " in page
    assert "td strong, th strong { color: var(--bad)" in page


def test_a_rule_without_a_number_is_not_measured(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), STEPS)).path.read_text()
    assert "| a larger batch takes no shorter step | 0 | not measured |" in text
