"""The section on start-up cost and break-even."""

import re
from pathlib import Path

import pandas as pd
from builders import a_group, a_plan, outcomes
from built_reports import STEPS, built

from bench.analysis.analyse import analyse
from bench.report.sections import startup


def test_only_a_gain_that_was_shown_repays_anything(tmp_path: Path) -> None:
    records = outcomes(a_plan(), {**STEPS, "graph": 0.0502})
    text = built(tmp_path, records).path.read_text()
    table = pd.read_csv(tmp_path / "tables" / "startup.csv").set_index("mode")["break_even"]
    assert table["xla"] == "never"
    assert table["graph"] == "no speedup shown"
    assert re.search(r"\*\*TF1 graph\*\* 1\.00x vs eager \([^)]*\): same", text)


def test_a_mode_that_starts_from_a_warm_cache_is_said_to_and_no_other() -> None:
    steps = {**STEPS, "xla_cached": 0.04}
    plan = a_plan(a_group(("eager", "xla", "xla_cached")))
    warm, cold = (
        startup.section(analyse(each, outcomes(each, steps))).parts[-1]
        for each in (plan, a_plan(a_group(("eager", "xla"))))
    )
    assert isinstance(warm, str)
    assert "XLA, cached: the first step reads a program from XLA's disk cache" in warm
    assert warm.endswith("hold for a warm cache.")
    assert "warm" not in str(cold)
