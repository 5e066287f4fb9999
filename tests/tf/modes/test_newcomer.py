"""A newcomer's mode needs one file and one row: a copy of the suite that has them runs it, up to the report's page."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from places import ROOT

FILE = '''"""tf.function that retraces less. It differs from `function` in reduce_retracing=True."""

from functools import partial

from bench.modes.traced import TracedTrainer

open_trainer = partial(TracedTrainer, reduce_retracing=True)
'''
ROW = """    Mode("relaxed", "tf.function, relaxed", "tf.function(reduce_retracing=True)", differs_from="function"),
"""
OPTIONS = "--modes eager,relaxed --models mlp --batch-sizes 8 --data synthetic --preset quick --budget 10m --blocks 1"


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A copy of the suite with one file and one row more."""
    for package in ("bench", "cifar_core"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "cifar_bench.py", tmp_path)
    (tmp_path / "bench" / "modes" / "relaxed.py").write_text(FILE)
    table = tmp_path / "bench" / "modes" / "__init__.py"
    text = table.read_text()
    end_of_rows = text.index("\n)\n", text.index("\nMODES = (")) + 1
    table.write_text(text[:end_of_rows] + ROW + text[end_of_rows:])
    return tmp_path


def test_a_mode_of_one_file_and_one_row_runs_to_the_page(suite: Path) -> None:
    folder = suite / "run"
    command = [sys.executable, "-m", "bench", "run", *OPTIONS.split(), "--out", str(folder)]
    done = subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr
    modes = pd.read_csv(folder / "tables" / "steady.csv").set_index("mode")
    assert modes.loc["relaxed", "verdict"] not in ("INVALID", "NOT COMPARABLE", "NOT MEASURED", "FAILED")
    assert modes.loc["relaxed", "this_run_blocks"] == 1
    page = (folder / "report.html").read_text()
    assert "tf.function, relaxed" in page
    assert "bench_function.py::test_relaxed[mlp-b8-cpu]" in (folder / "benchmark.json").read_text()
