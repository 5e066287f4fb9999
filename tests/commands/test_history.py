"""`history`: every run of a folder, and one line where there is none."""

import re
from pathlib import Path

import pytest
from builders import a_case, a_plan, outcomes

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


def test_sound_runs_are_shown_and_broken_ones_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("sound", "torn", "newer", "empty", "unknown"):
        modes = (a_case("quantum"),) if name == "unknown" else None
        with Store.create(tmp_path / name, a_plan(modes)) as store:
            for outcome in outcomes(a_plan(), {"eager": 0.05}) if name != "unknown" else ():
                store.keep(outcome)
    (tmp_path / "torn" / "plan.json").write_text((tmp_path / "torn" / "plan.json").read_text()[:99])
    (tmp_path / "newer" / "plan.json").write_text('{"format": 99}')
    (tmp_path / "empty" / "plan.json").write_text("")
    assert history(tmp_path) is Exit.CASE_FAILED
    out, err = capsys.readouterr()
    assert re.findall(r"^(\w+)  +\w+.*(?:x|–)", out, re.MULTILINE) == ["sound"] * 4
    told = [line for line in err.splitlines() if line.startswith("warning: not shown: ")]
    assert len(told) == 4
    for reason in ("empty/plan.json is broken", "newer/plan.json has format 99", "torn/plan.json is broken", "quantum"):
        assert sum(reason in line for line in told) == 1, reason


def test_a_folder_of_broken_runs_alone_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "plan.json").write_text("{")
    with pytest.raises(BenchError, match=r"holds no run that can be read: .*plan\.json is broken"):
        history(tmp_path)
