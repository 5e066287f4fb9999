"""The section on equal work and proof of mode."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import a_group, a_measurement, a_plan, an_evidence, outcomes
from built_reports import STEPS, built

from bench.analysis.analyse import analyse
from bench.records.run import Measurement, Outcome
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
    assert said in str(proof.section(analyse(a_plan(cases), [])).parts[0])
