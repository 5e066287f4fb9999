"""`check` on real code that uses TensorFlow: Keras' backend, which is read, never imported."""

from importlib.util import find_spec
from pathlib import Path

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.rules import RULES


def test_real_code_is_read_whole_and_raises_no_false_alarm() -> None:
    spec = find_spec("keras")
    assert spec
    assert spec.origin
    folder = Path(spec.origin).parent / "src" / "backend" / "tensorflow"
    result = check([folder], Settings(), RULES)
    assert result.files > 15
    # Beside the folder, where calls lead, Keras keeps books of its losses while it traces: three findings, and true.
    assert [one for one in result.findings if one.severity != "info" and Path(one.file).is_relative_to(folder)] == []
