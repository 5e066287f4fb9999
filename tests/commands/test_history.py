"""`history`: every run of a folder, and one line where there is none."""

import re
from pathlib import Path

import pytest
from builders import a_plan, outcomes

from bench.commands.history import history
from bench.errors import BenchError, Exit
from bench.records.store import Store


def test_runs_are_shown_at_both_depths_of_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("alone", "matrix/one"):
        store = Store.create(tmp_path / name, a_plan())
        for outcome in outcomes(store.plan, {"eager": 0.05, "eager-again": 0.05, "function": 0.02}):
            store.keep(outcome)
    assert history(tmp_path) is Exit.OK
    shown = re.findall(r"^(alone|one) ", capsys.readouterr().out, re.MULTILINE)
    assert shown == ["alone"] * 4 + ["one"] * 4  # a row for each mode


def test_a_folder_without_runs_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="holds no run; give the folder that runs lie in"):
        history(tmp_path)
