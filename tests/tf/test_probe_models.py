"""A run's own models, probed by real children before the first block."""

from pathlib import Path

import pytest
from builders import a_case, a_plan

from bench.autograph.probe_models import probe_first, refused
from bench.report import build
from bench.store import Store
from cifar_core.cifar10 import SYNTHETIC

TESTS = Path(__file__).parents[1]


def test_a_mode_that_leaves_other_state_behind_is_named_with_its_line_and_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TESTS)
    models = ("own_models:counting", "own_models:uncompiled", "own_models:raises")
    cases = [a_case(mode, model=model, batch_size=4) for model in models for mode in ("eager", "function")]
    store, said = Store.create(tmp_path, a_plan(tuple(cases))), list[str]()
    probes = probe_first(store, SYNTHETIC, said.append)
    counting, uncompiled, raises = probes.probed
    line = (TESTS / "own_models.py").read_text().splitlines().index("        self.steps += 1") + 1
    assert counting.lines[0].startswith(f"own_models.py:{line}:9: AG303 warning, predicted and observed: `self.steps`")
    assert counting.apart == (("graph", "model.steps: 4 / 1 (eager / here)"),)
    assert uncompiled.lines == ("own_models:uncompiled: every mode did the same",)
    assert raises.lines[0].startswith("own_models:raises could not be probed: ")
    assert "KeyError" in raises.lines[0]
    assert set(refused(store.plan, probes)) == {cases[1].key}
    assert probe_first(store, SYNTHETIC, said.append) == probes  # what is kept is not asked again
    assert len(said) == 2 * len(models)
    assert "model.steps: 4 / 1" in build(store).path.read_text()
