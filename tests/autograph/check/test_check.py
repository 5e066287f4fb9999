"""`check`: what a finding says of its place."""

from pathlib import Path

from places import ROOT
from snippets import BAD, HEAD, findings

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.rules import RULES


def test_a_finding_says_where_it_is_and_what_compiles_its_function(tmp_path: Path) -> None:
    first, second = findings(tmp_path, BAD)
    assert (first.code, first.severity, first.seed_rule) == ("AG301", "error", 3)
    line = HEAD.count("\n") + 6
    assert (first.line, first.column, first.end_line, first.end_column) == (line, 5, line, 21)
    assert (first.compiled_because, first.compiled_line) == ("@tf.function(jit_compile=True)", line - 2)
    assert (second.code, second.function, second.via) == ("AG101", "helper", ("step",))


def test_columns_count_characters_not_bytes(tmp_path: Path) -> None:
    (finding,) = findings(tmp_path, "@tf.function\ndef step(x):\n    'äöü'; print('äöü'); return x\n")
    assert (finding.column, finding.end_column) == (12, 24)


def test_the_suites_own_steps_are_clean() -> None:
    result = check([ROOT / "cifar_core", ROOT / "bench" / "modes"], Settings(), RULES)
    assert result.findings == ()
    assert result.files > 20
