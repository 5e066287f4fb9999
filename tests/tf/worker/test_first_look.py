"""The process that makes a person's own models once: nothing to say of a sound one, one line of any other."""

import io
from pathlib import Path

import msgspec
import pytest

from bench.worker.first_look import fault, serve
from cifar_core.workload import Workload

BROKEN = """
import tensorflow as tf

def nothing(): pass
def misspelt(): return {"modle": tf.Module()}
def raising(): raise ValueError("boom\\nmore of it")
def of_one(width): return width
bound = lambda: of_one()
"""


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        ("nothing", "the factory returned None (is a `return` missing?), which is not a model"),
        ("misspelt", "the factory's dict has modle; it must have model, and may have loss, optimizer, batch"),
        ("raising", "broken_models.py:6)"),
        ("bound", "TypeError: of_one() missing 1 required positional argument: 'width'"),
        ("missing", "has no missing; name a function that returns"),
    ],
)
def test_what_cannot_be_made_is_one_line(
    factory: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_models.py").write_text(BROKEN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    text = fault(Workload(f"broken_models:{factory}", 4, "synthetic"))
    assert said in text
    assert "\n" not in text


def test_sound_models_of_every_kind_are_answered_with_nothing() -> None:
    out = io.BytesIO()
    workloads = [Workload(f"own_models:{name}", 4, "synthetic") for name in ("lazy", "line", "uncompiled")]
    serve(iter(msgspec.json.encode(workload) for workload in workloads), out)
    assert out.getvalue() == b'""\n' * 3
