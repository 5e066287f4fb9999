"""The formats for people."""

from pathlib import Path

from snippets import BAD, HEAD, checked

from bench.autograph.check.check import check
from bench.autograph.check.formats import FORMATS
from bench.autograph.check.settings import Settings
from bench.autograph.findings import CheckResult
from bench.autograph.rules import RULES


def test_full_shows_the_lines_the_reason_and_the_fix(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    text = FORMATS["full"](check([tmp_path / "snippet.py"], Settings(select=("AG301",)), RULES))
    assert "AG301 error  outer list `losses` changes" in text
    assert "    losses.append(x)\n" in text
    assert "    ^^^^^^^^^^^^^^^^ compiled because of @tf.function(jit_compile=True) at line 8" in text
    assert "fix: return the value" in text
    assert text.endswith("1 error in 1 file")


def test_concise_has_one_line_per_finding_and_a_count(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    first, second, count = FORMATS["concise"](checked(tmp_path)).splitlines()
    assert first.endswith(
        "snippet.py:10:5: AG301 [error] outer list `losses` changes once per trace, not once per call"
    )
    assert "AG101 [warning]" in second
    assert count == "1 error, 1 warning in 1 file"


def test_no_finding_is_said_too() -> None:
    assert FORMATS["concise"](CheckResult((), 3)) == "no finding in 3 files"
