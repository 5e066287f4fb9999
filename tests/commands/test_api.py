"""`compare_modes`: the same as `run`, with a result to go on with; its errors are BenchErrors."""

import subprocess
import sys
from pathlib import Path

import pytest
from builders import outcomes
from places import ROOT

import bench
from bench.commands.api import compare_modes
from bench.errors import BenchError
from bench.records.store import Store
from bench.runner import first_look
from bench.runner import run as runner

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.02}


@pytest.fixture(autouse=True)
def measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is started: these outcomes are kept instead of theirs."""

    def keep(store: Store, *arguments: object, **rest: object) -> str:
        for outcome in outcomes(store.plan, STEPS, 6):
            store.keep(outcome)
        return ""

    monkeypatch.setattr(runner, "execute", keep)
    monkeypatch.setattr(first_look, "refuse_broken", lambda plan, say: None)


def test_a_result_has_a_table_a_verdict_a_figure_and_html() -> None:
    result = compare_modes("mlp", ["eager", "function"], data="synthetic")
    table = result.table
    assert list(table["mode"]) == ["eager", "function"]
    assert table["speedup"][1] == pytest.approx(2.5, rel=0.01)
    assert table["verdict"][1] == "FASTER"
    assert "Use tf.function: 2.5" in result.verdict
    assert result._repr_html_().count("<tr>") == 3
    assert result.figure()._repr_png_().startswith(b"\x89PNG")
    assert result.page.exists()


def test_the_folder_goes_with_the_result_unless_one_was_named(tmp_path: Path) -> None:
    result = compare_modes("mlp", "eager,function", data="synthetic")
    folder = result.folder
    assert (folder / "plan.json").exists()
    del result
    assert not folder.exists()
    assert compare_modes("mlp", "eager,function", data="synthetic", out=tmp_path / "run").folder == tmp_path / "run"
    assert (tmp_path / "run" / "report.html").exists()


def make_net() -> None:
    """Never called: no worker is started."""


def test_a_function_is_named_by_its_file_and_a_step_by_its_arguments() -> None:
    probed = compare_modes(make_net, "eager,function", 8, data="synthetic", probe=False)
    assert probed.summary["cases"][0]["model"].endswith("test_api.py:make_net")
    step = compare_modes(make_net, "eager,function", task="step", args="3", data="synthetic", probe=False)
    assert "test_api.py:make_net(3)" in step.summary["recommended"][0]["title"]


@pytest.mark.parametrize(
    ("what", "changes", "says"),
    [
        ("vgg", {}, "unknown model 'vgg'"),
        ("mlp", {"modes": "egaer"}, "unknown mode 'egaer'"),
        ("mlp", {"data": "/nowhere"}, "/nowhere"),
        ("mlp", {"task": "predict"}, "unknown task 'predict'"),
        ("mlp", {"args": "3"}, "--args says what a step of your own is called with"),
    ],
)
def test_bad_input_raises_a_bench_error(what: str, changes: dict[str, str], says: str) -> None:
    with pytest.raises(BenchError, match=says):
        compare_modes(what, **{"data": "synthetic", **changes})  # type: ignore[arg-type]


def test_importing_bench_loads_nothing_heavy_and_names_what_it_has() -> None:
    heavy = "{'tensorflow', 'keras', 'pandas', 'matplotlib', 'numpy', 'typer'}"
    check = f"import sys, bench; assert not {heavy} & set(sys.modules); from bench import compare_modes"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)
    with pytest.raises(AttributeError, match="no attribute 'compare_mode'"):
        bench.compare_mode  # noqa: B018
