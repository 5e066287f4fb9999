"""A probe in the terminal."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from probe_runs import TOLERANCE, a_finding, a_run, one_that_differs

from bench.autograph.probe.compare import observations
from bench.autograph.probe.predictions import joined
from bench.autograph.probe.text import text


def test_the_text_has_a_table_a_function_and_says_what_may_not_be_timed() -> None:
    seen = one_that_differs()
    shown = text("train.py", "drive", seen, joined([a_finding("AG101")], observations(seen, TOLERANCE)))
    assert re.search(r"^train.py::step +line 12, 3 calls$", shown, re.MULTILINE)
    assert re.search(r"^  xla +yes +1 +1 +4 +20$", shown, re.MULTILINE)
    assert "train.py:14:5: AG101 error, predicted and observed: \n   observed: xla: stdout: 0 lines / 1" in shown
    assert "AG805, observed: xla: step: XLA compiled it 4 times for 1 traces" in shown
    assert shown.endswith(
        "XLA alone differs: the graph without it did what eager did; timings of xla are not comparable"
    )


def test_what_is_shown_of_a_file_in_this_folder_is_relative(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    finding = replace(a_finding("AG101"), file=str(Path.cwd() / "train.py"))
    assert "\ntrain.py:14:5: AG101" in text("train.py", "drive", (a_run("eager"),), joined([finding], []))
