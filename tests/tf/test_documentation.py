"""The documentation's Python does what it says, and its own models run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import bench
from places import ROOT

from bench.analysis.analyse import analyse
from bench.analysis.stats.ratios import Verdict
from bench.records.folders import read_probes
from bench.records.store import Store

DOCS = ROOT / "docs"
PAGE = (DOCS / "own-models.md").read_text()


@pytest.mark.parametrize("name", ["tutorial.md", "tutorial.zh.md"])
def test_three_ways_to_build_a_graph_print_the_same(name: str, tmp_path: Path) -> None:
    (snippet,) = _snippets((DOCS / name).read_text())
    # From a file: AutoGraph reads the source of what it converts.
    (tmp_path / "snippet.py").write_text(snippet)
    done = subprocess.run([sys.executable, "snippet.py"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert [line.split()[-1] for line in done.stdout.splitlines()] == ["13.0"] * 3


POOLINGS = """
import tensorflow as tf, pooling
images = tf.random.stateless_uniform([4, 32, 32, 3], [1, 2])
print([float(tf.reduce_sum(getattr(pooling, name)()(images))) for name in sys.argv[1:]])
"""


def test_other_poolings_for_the_same_maximum_compute_the_same_and_the_average_does_not() -> None:
    names = "maximum", "reshape_and_max", "before_bias", "average"
    command = [sys.executable, "-c", f"import sys; sys.path[:0] = {[str(ROOT), str(DOCS)]}{POOLINGS}", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    same, by_reshape, before_bias, average = json.loads(done.stdout)
    assert by_reshape == before_bias == same != average


@pytest.mark.slow
def test_a_probe_prints_what_the_documentation_shows(tmp_path: Path) -> None:
    page = (DOCS / "autograph.md").read_text()
    (snippet,) = _snippets(page)
    (tmp_path / "train.py").write_text(snippet)
    done = bench("probe", "train.py", "--driver", "drive", cwd=tmp_path)
    assert f"```text\n{done.stdout}```" in page


def _snippets(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)


def test_the_own_models_run_as_shown_with_valid_verdicts(tmp_path: Path) -> None:
    (snippet,) = _snippets(PAGE)
    (words,) = re.findall(r"^    cifar-bench (run --model .*my_models:make_line.*)$", PAGE, re.MULTILINE)
    (tmp_path / "my_models.py").write_text(snippet)
    few = ["--preset", "quick", "--budget", "1s", "--data", "synthetic", "--out", "run"]
    command = [sys.executable, "-m", "bench", *words.split(), *few]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    store = Store.open(tmp_path / "run")
    run = analyse(store.plan, store.outcomes())
    net, line = run.groups
    assert [result.case.mode for result in net.cases if result.valid] == [
        "eager",
        "eager",
        "function",
        "xla",
        "keras_fit",
    ]
    assert [result.case.mode for result in line.cases if result.valid] == ["eager", "eager", "function", "xla"]
    probed = [one.lines[-1] for one in read_probes(store.folder).probed]
    assert probed == ["my_models:make_net: every mode did the same", "my_models:make_line: every mode did the same"]
    verdicts = [result.comparison.verdict for result in line.candidates if result.comparison]
    assert verdicts[-1] is Verdict.NOT_APPLICABLE
