"""The section on the steady state, its table and its figures."""

from pathlib import Path

import pandas as pd
import pytest
from builders import a_measurement, a_plan, outcomes
from built_reports import STEPS, built

from bench.records.run import Outcome
from bench.report.form.document import Figure
from bench.report.sections import steady


def test_an_invalid_case_is_reported_with_no_ratio_and_not_plotted(tmp_path: Path) -> None:
    records = outcomes(a_plan(), STEPS)
    nan = [o for o in records if o.case.arm == "xla"]
    bad = [Outcome(measurement=a_measurement(o.case, o.block, last_loss=None)) for o in nan]
    made = built(tmp_path, [o for o in records if o not in nan] + bad)
    (row,) = [row for row in steady.table(made.run).rows if row["mode"] == "xla"]
    assert (row["verdict"], row["this_run"], row["step_s"]) == ("INVALID", None, None)
    figures = [part.alt for s in made.sections for part in s.parts if isinstance(part, Figure)]
    assert not [alt for alt in figures if "XLA" in alt]


def test_every_printed_throughput_times_its_step_time_is_the_batch(tmp_path: Path) -> None:
    built(tmp_path, outcomes(a_plan(), STEPS))
    table = pd.read_csv(tmp_path / "tables" / "steady.csv")
    assert (table.step_s * table.images_per_s).tolist() == pytest.approx([64] * 5)
