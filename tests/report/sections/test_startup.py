"""The section on start-up cost and break-even."""

import re
from pathlib import Path

import pandas as pd
from builders import a_plan, outcomes
from built_reports import STEPS, built


def test_only_a_gain_that_was_shown_repays_anything(tmp_path: Path) -> None:
    records = outcomes(a_plan(), {**STEPS, "graph": 0.0502})
    text = built(tmp_path, records).path.read_text()
    table = pd.read_csv(tmp_path / "tables" / "startup.csv").set_index("mode")["repaid"]
    assert table["xla"] == "never"
    assert table["graph"] == "no gain shown"
    assert re.search(r"\*\*TF1 graph\*\* 0\.99.x \[[0-9., ]+\] \(same\)", text)
