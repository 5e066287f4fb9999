"""The section on equal work and proof of mode."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import a_case, a_group, a_measurement, a_plan, an_evidence, outcomes
from built_reports import STEPS, built

from bench.analysis.analyse import analyse
from bench.records.proof import GradientSketch
from bench.records.run import Measurement, Outcome
from bench.report.form.document import Table
from bench.report.sections import proof


def test_differences_of_equal_work_are_shown(tmp_path: Path) -> None:
    def rounded(m: Measurement) -> Measurement:
        losses = (2.3000002, 2.2, 2.1, 2.0, 1.9)
        return a_measurement(m.case, m.block, evidence=an_evidence(first_losses=losses))

    records = outcomes(a_plan(), STEPS)
    records = [
        Outcome(measurement=rounded(o.measurement)) if o.case.arm == "xla" and o.measurement else o for o in records
    ]
    built(tmp_path, records)
    table = pd.read_csv(tmp_path / "tables" / "equal_work.csv").set_index("mode")
    assert table.loc["xla", "loss_difference"] == pytest.approx(0.0000002 / 2.3, rel=1e-3)


def noisy(measurement: Measurement, norm: float = 1.0) -> Measurement:
    """With the rounding noise that a baseline measures, and this norm and first projection of its one gradient."""
    sketch = GradientSketch("kernel", norm, (norm / 2, -0.5), noise=1e-6)
    return replace(measurement, evidence=an_evidence(gradients=(sketch,), moved_losses=(2.3,)))


def test_gradients_are_shown_in_rounding_units_where_the_baseline_measured_its_noise(tmp_path: Path) -> None:
    records = [
        Outcome(measurement=noisy(o.measurement, 1.00001 if o.case.arm == "function" else 1.0))
        for o in outcomes(a_plan(), STEPS)
        if o.measurement
    ]
    text = built(tmp_path, records).path.read_text()
    assert "its first gradients (50 rounding units each, a unit being how far" in text
    assert "and 5e-03 of the length of all gradients together) and its first five" in text
    table = pd.read_csv(tmp_path / "tables" / "equal_work.csv").set_index("mode")
    assert table.loc["function", "gradient_units"] == pytest.approx(0.5e-5 / 2**0.5 / 1.101e-6, rel=1e-3)
    assert table.loc["function", "gradient_difference"] == pytest.approx(0.5e-5 / 2**0.5, rel=1e-3)
    assert "| tf.function | 0 | 3.2 | 0 |" in text
    assert "the first gradients by 3.2 rounding units, which is rounding" in text
    assert "**first gradients by (rounding units)**" in text
    assert "first gradients by |" not in text


def test_a_run_with_and_without_noise_shows_both_measures() -> None:
    cases = (*a_group(), *(a_case(c.mode, c.again, precision="mixed_bfloat16") for c in a_group()))
    plan = a_plan(cases)
    records = [
        Outcome(measurement=noisy(o.measurement)) if o.case.workload.precision == "float32" and o.measurement else o
        for o in outcomes(plan, STEPS)
    ]
    table, reading, _ = proof.section(analyse(plan, records)).parts
    assert "(50 rounding units each" in str(reading)
    assert "all gradients together in float32; 2e-02 in float32 on CPU, 7e-01 in mixed_bfloat16" in str(reading)
    assert isinstance(table, Table)
    by_title = [dict(zip([c.title for c in table.columns], cells, strict=True)) for cells in table.cells()]
    assert [row["first gradients by (rounding units)"] for row in by_title] == ["0.0"] * 5 + ["–"] * 5
    assert [row["first gradients by"] for row in by_title] == ["–"] * 5 + ["0"] * 5


@pytest.mark.parametrize(
    ("device", "precision", "said"),
    [
        ("cpu", "float32", "first loss (tolerance 1e-05), its first gradients (2e-02 of each one's length) and its"),
        ("gpu:1", "float32", "first loss (tolerance 1e-05 in float32 on CPU, 1e-04 in float32 on GPU), its"),
        ("cpu", "mixed_bfloat16", "losses (1e-02 in float32 on CPU, 5e-02 in mixed_bfloat16 on CPU) must"),
    ],
)
def test_each_tolerance_of_a_mixed_run_is_told(device: str, precision: str, said: str) -> None:
    first = a_group()
    others = (replace(c, device=device, workload=replace(c.workload, precision=precision)) for c in first)
    cases = tuple(dict.fromkeys((*first, *others)))
    assert said in str(proof.section(analyse(a_plan(cases), [])).parts[1])
