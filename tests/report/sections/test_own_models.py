"""The section on a user's own models: the lines that probing reported, as they are."""

from bench.records.probes import ModelProbe, Probes
from bench.records.run import FORMAT
from bench.report.form.document import Verbatim
from bench.report.sections import own_models


def test_each_models_lines_stand_unchanged_in_a_block_of_text() -> None:
    probes = Probes(
        FORMAT, (ModelProbe("a.py:a", ("eager",), ("one", "  two")), ModelProbe("b.py:b", ("eager",), ("three",)))
    )
    _, first, second = own_models.section(probes).parts
    assert (first, second) == (Verbatim("one\n  two"), Verbatim("three"))
