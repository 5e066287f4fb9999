"""A file as a tree: its lines, scopes and bindings."""

from pathlib import Path

from snippets import findings


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    above = "import tensorflow as tf\n\f\n@tf.function\ndef step(x):\n    y = 'a\u2028b\x85c'\n"
    source = f"{above}    print(x)  # noqa: AG101\n    print(y)\n    return x\n"
    (finding,) = findings(tmp_path, source, head="")
    assert (finding.line, finding.code, finding.source[-1]) == (7, "AG101", (7, "    print(y)"))
