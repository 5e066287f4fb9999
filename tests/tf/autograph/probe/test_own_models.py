"""A run's own models, probed by real children before the first block."""

from pathlib import Path

import pytest
from builders import a_case, a_plan
from places import SUPPORT

from bench.autograph.probe.own_models import probe_first, refused
from bench.records.store import Store
from bench.report.run import build
from cifar_core.cifar10 import SYNTHETIC

INSTALLED = """
import tensorflow as tf

class Counting(tf.Module):
    def __init__(self):
        self.steps = 0
        self.kernel = tf.Variable(tf.zeros([3072, 10]))

    def __call__(self, images):
        self.steps += 1
        return tf.reshape(images, [-1, 3072]) @ self.kernel

def make():
    return Counting()
"""


def test_a_mode_that_leaves_other_state_behind_is_named_with_its_line_and_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SUPPORT)
    models = ("own_models:counting", "own_models:raises")
    cases = [a_case(mode, model=model, batch_size=4) for model in models for mode in ("eager", "function")]
    store, said = Store.create(tmp_path, a_plan(tuple(cases))), list[str]()
    probes = probe_first(store, SYNTHETIC, said.append)
    counting, raises = probes.probed
    line = (SUPPORT / "own_models.py").read_text().splitlines().index("        self.steps += 1") + 1
    assert counting.lines[0].startswith(f"own_models.py:{line}:9: AG303 warning, predicted and observed: `self.steps`")
    assert counting.apart == (("graph", "model.steps: 5 / 2 (eager / here)"),)
    assert raises.lines[0].startswith("own_models:raises could not be probed: ")
    assert "KeyError" in raises.lines[0]
    assert set(refused(store.plan, probes)) == {cases[1].key}
    assert probe_first(store, SYNTHETIC, said.append) == probes  # what is kept is not asked again
    assert len(said) == 2 * len(models)
    assert "model.steps: 5 / 2" in build(store).path.read_text()


def test_a_model_of_a_package_that_is_installed_is_looked_at_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "installed_nets"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "nets.py").write_text(INSTALLED)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    cases = [a_case(mode, model="installed_nets.nets:make", batch_size=4) for mode in ("eager", "function")]
    store = Store.create(tmp_path / "run", a_plan(tuple(cases)))
    (found,) = probe_first(store, SYNTHETIC, lambda text: None).probed
    assert found.apart == (("graph", "model.steps: 5 / 2 (eager / here)"),)
