"""The formats for people."""

from pathlib import Path

from snippets import BAD, HEAD

from bench.autograph.check.check import check
from bench.autograph.check.formats import FORMATS
from bench.autograph.check.settings import Settings
from bench.autograph.rules import RULES


def test_full_shows_the_lines_the_reason_and_the_fix(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    text = FORMATS["full"](check([tmp_path / "snippet.py"], Settings(select=("AG301",)), RULES))
    assert "AG301 error  outer list `losses` changes" in text
    assert "    losses.append(x)\n" in text
    assert "    ^^^^^^^^^^^^^^^^ compiled because of @tf.function(jit_compile=True) at line 8" in text
    assert "fix: return the value" in text
    assert text.endswith("1 error in 1 file")
