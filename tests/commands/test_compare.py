"""`compare`: the exit code of every decision that its gates can come to."""

from pathlib import Path

import pytest
from builders import a_group, a_plan, outcomes

from bench.commands.compare import compare
from bench.errors import BenchError, Exit
from bench.records.store import Store

PLAN = a_plan(a_group(("eager", "function")))
STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025}


def a_run(folder: Path, function_s: float = 0.025, blocks: int = 6) -> Path:
    store = Store.create(folder, PLAN)
    for outcome in outcomes(PLAN, {**STEPS, "function": function_s}, blocks):
        store.keep(outcome)
    return folder


@pytest.mark.parametrize(
    ("gates", "code"),
    [
        ([], Exit.OK),
        (["function/eager < 1.5"], Exit.OK),
        (["function/eager < 1.9"], Exit.REGRESSION),
        (["function/eager < 1.5", "function/eager < 1.9"], Exit.REGRESSION),
    ],
)
def test_a_gate_that_holds_fails_the_command(
    gates: list[str], code: Exit, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = a_run(tmp_path / "before"), a_run(tmp_path / "after", function_s=0.03)
    assert compare([before, after], gates, tmp_path / "compared") is code
    assert capsys.readouterr().out.splitlines()[-1].startswith(f"report: {tmp_path / 'compared'}")


def test_too_few_blocks_decide_nothing(tmp_path: Path) -> None:
    few = a_run(tmp_path / "few", blocks=1)
    code = compare([a_run(tmp_path / "before"), few], ["slower 2%"], tmp_path / "compared")
    assert code is Exit.NOT_ENOUGH_EVIDENCE


def test_a_run_is_not_compared_with_itself(tmp_path: Path) -> None:
    folder = a_run(tmp_path / "run")
    with pytest.raises(BenchError, match="the same run was given twice"):
        compare([folder, folder])
