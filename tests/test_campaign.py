"""The campaign of seeded faults: some of each kind hold, what breaks is told, and docs/methods.md has its table."""

import random
import re
from pathlib import Path

import mutated_sources
import pytest
from campaign import SOAKS, row, tried
from places import ROOT
from trials import KINDS, Kind, Trial, refused

from bench.errors import BenchError

SOME = {"pickles": 1, "archives": 40, "misplaced": 10, "records": 60, "strings": 1, "sources": 40, "servers": 15}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_faults_hold(kind: Kind) -> None:
    assert set(tried(kind, 3, SOME[kind.name])) == {""}


@pytest.mark.parametrize(
    "error", [ValueError("a\nb"), RecursionError(), MemoryError(), SystemExit(3), BenchError("x"), AssertionError("no")]
)
def test_whatever_a_fault_raises_is_told_in_its_row(error: BaseException) -> None:
    def make(place: Path) -> Trial:
        def trial(rng: random.Random) -> None:
            raise error

        return trial

    (end,) = tried(Kind("odd", "odd faults", 1, make), 1, 1)
    assert row("odd faults", [end, ""]).startswith("| odd faults | 2 | 1 | odd 0: ")
    assert row("odd faults", [end]).count("\n") == 0


@pytest.mark.parametrize("text", ["a\nb", "\x1b[31m", "x" * 5000])
def test_an_error_that_is_not_one_printable_line_is_a_fault(text: str) -> None:
    with pytest.raises(AssertionError):
        refused(BenchError(text))


def test_many_mutated_sources_are_still_python() -> None:
    sources = list(mutated_sources.mutated(1, 200))
    assert len(set(sources)) > 190
    assert 40 < sum(map(_compiles, sources)) < 190


def _compiles(source: bytes) -> bool:
    try:
        compile(source, "file.py", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, MemoryError, RecursionError, SyntaxWarning):
        return False
    return True


def test_the_table_of_the_docs_has_a_row_for_each_kind() -> None:
    page = (ROOT / "docs" / "methods.md").read_text()
    table = page[page.index("| faults | tried | held | what broke |") :].split("\n\n")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([\d,]+) \| ([\d,]+) \| ", table, re.MULTILINE)
    assert [title for title, _, _ in rows] == [kind.title for kind in KINDS] + [title for title, _ in SOAKS.values()]
    assert all(int(count.replace(",", "")) > 0 for _, count, _ in rows)
