"""The section on failed cases."""

from pathlib import Path

import pandas as pd
from builders import a_case, a_plan, outcomes
from built_reports import STEPS, built

from bench.records.run import Failure, Outcome


def test_a_failed_case_is_a_row_with_its_reason(tmp_path: Path) -> None:
    steps = {arm: step for arm, step in STEPS.items() if arm != "xla"}
    failed = [Outcome(failure=Failure(a_case("xla"), block, "slice", "died of SIGSEGV")) for block in range(6)]
    made = built(tmp_path, outcomes(a_plan(), steps) + failed)
    assert made.run.failed
    text = made.path.read_text()
    assert "NOT COMPARABLE | failed at stage slice: died of SIGSEGV" in text
    assert len(pd.read_csv(tmp_path / "tables" / "failures.csv")) == 6
