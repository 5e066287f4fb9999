"""Every kept page is rebuilt from the raw files beside it; no page is kept that no documentation links to."""

import re
import shutil
from pathlib import Path

import pytest
from places import ROOT

from bench.commands.compare import compare
from bench.commands.report import report
from bench.errors import Exit

RESULTS = ROOT / "results"
KEPT = sorted(page.parent for page in RESULTS.glob("sample-*/report.md"))
COMPARED = RESULTS / "sample-matrix-cpu"
NOT_RAW = ("report.*", "tables/*", "plots/*", "benchmark.json", "summary.json", "comparison.json")


def made(folder: Path) -> dict[str, bytes]:
    """What a report writes, by the name within its folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for glob in NOT_RAW for file in folder.glob(glob)}


def assert_same(kept: dict[str, bytes], rebuilt: dict[str, bytes]) -> None:
    """To six digits: the SciPy of Python 3.10 is older than that of the others, and its last digits are others."""
    for name, text in kept.items():
        assert name in rebuilt
        assert to_six_digits(text) == to_six_digits(rebuilt[name]), name


def to_six_digits(text: bytes) -> bytes:
    return re.sub(rb"\d+\.\d+(e[+-]\d+)?", lambda number: b"%.6g" % float(number[0]), text)


def test_only_digits_beyond_the_sixth_may_differ() -> None:
    assert to_six_digits(b"a,0.123456789012,1.5") == to_six_digits(b"a,0.123456799012,1.5")
    assert to_six_digits(b"a,0.123456789012,1.5") != to_six_digits(b"a,0.123486789012,1.5")
    assert to_six_digits(b"2.000000000000001e-05") != to_six_digits(b"2.000000000000001e-06")


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: str(folder.name))
def test_a_kept_report_is_rebuilt(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / folder.name)
    kept = made(copy)
    for name in kept:
        (copy / name).unlink()
    assert report(copy) is Exit.OK
    assert_same(kept, made(copy))


def test_a_kept_comparison_is_rebuilt(tmp_path: Path) -> None:
    runs = sorted(COMPARED.glob("tf*"))
    assert compare(runs, out=tmp_path / "compare") is Exit.OK
    assert_same(made(COMPARED / "compare"), made(tmp_path / "compare"))


def test_a_page_is_kept_only_where_the_documentation_links_to_it() -> None:
    documents = (ROOT / "README.md", *ROOT.glob("docs/*.md"), RESULTS / "README.md")
    texts = [(document.parent, document.read_text()) for document in documents]
    linked = {(home / link).resolve() for home, text in texts for link in re.findall(r"\]\(([^)#]+)", text)}
    assert {page.resolve() for page in RESULTS.glob("sample-*/**/report.*")} <= linked


def test_what_is_kept_is_small() -> None:
    files = [file for file in RESULTS.glob("sample-*/**/*") if file.is_file()]
    assert len(files) <= 299  # and README.md
    assert sum(file.stat().st_size for file in files) <= 6_000_000
