"""Hostile strings in every string of every record: no report, table, plot, page or terminal does what they ask."""

import os
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile import TEXTS, faults_of_csv, faults_of_markdown, faults_of_output, faults_of_page
from hostile_runs import KINDS, a_hostile_run, faults_in
from kept_runs import a_run

from bench.commands.compare import compare
from bench.commands.history import history
from bench.commands.report import report


@pytest.mark.parametrize(
    ("make", "number"),
    [
        pytest.param(make, number, marks=[] if number % len(KINDS) == of_kind else [pytest.mark.slow])
        for of_kind, make in enumerate(KINDS)
        for number in range(len(TEXTS))
    ],
)
def test_no_output_does_what_a_record_s_strings_ask(
    make: Callable[[Path, str], None], number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "run", TEXTS[number])
    report(tmp_path / "run")
    assert list(faults_in(tmp_path / "run")) == []
    out, err = capsys.readouterr()
    assert [*faults_of_output(out), *faults_of_output(err)] == []


def test_what_looks_for_such_faults_sees_them() -> None:
    page = '<title>t</title><style></style><body><script></script>{}<meta charset="utf-8">'
    assert list(faults_of_page(page.format(""))) == []
    for part in ("<img src=x>", "<p onclick=x>", "<a href=http://evil.example>", "<script>", "<style>", "\x1b"):
        assert list(faults_of_page(page.format(part)))
    table = "| a | b |\n| --- | --- |\n| {} | 2 |\n"
    assert list(faults_of_markdown(table.format("x \\| y"), 1)) == []
    for cell in ("<b>", "[l](http://evil.example)", "![i](x.png)", "x | y", "x \\\\| y", "x\n\n| y", "\x1b"):
        assert list(faults_of_markdown(table.format(cell), 1)), cell
    for cell in ("=1", "+1+cmd()", "@x", '"\t=1"'):
        assert list(faults_of_csv(f"a,b\n{cell},2\n")), cell
    assert list(faults_of_csv("a,b\n-2.5e-3,+0.1\n")) == []


def test_comparisons_and_histories_do_not_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, text in enumerate(TEXTS[:2]):
        a_hostile_run(tmp_path / f"{number}=1+1 <img src=x> [l](http:) \x1b[31m|", text)
    folders = sorted(tmp_path.iterdir())
    compare(folders, out=tmp_path.with_name("compared"))
    history(tmp_path)
    assert list(faults_in(tmp_path.with_name("compared"))) == []
    out, err = capsys.readouterr()
    assert [*faults_of_output(out), *faults_of_output(err)] == []


def test_folders_whose_names_are_not_utf_8_are_reported_and_compared(tmp_path: Path) -> None:
    folders = [a_run(tmp_path / os.fsdecode(name)) for name in (b"\xff\xfe-1", b"\xff\xfe-2")]
    report(folders[0])
    compare(folders, out=tmp_path / os.fsdecode(b"\xe9"))
    history(tmp_path)
    assert "\\udcff\\udcfe-2" in (tmp_path / os.fsdecode(b"\xe9") / "report.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["what", "data", "title"])
def test_a_run_may_be_called_what_a_column_is(name: str, tmp_path: Path) -> None:
    runs = [a_run(tmp_path / name), a_run(tmp_path / "other")]
    compare(runs, out=tmp_path / "compared")
    assert "made-up images" in (tmp_path / "compared" / "report.md").read_text()


def test_a_matplotlibrc_and_a_character_without_glyph_change_nothing(tmp_path: Path) -> None:
    import matplotlib as mpl

    a_hostile_run(tmp_path / "run", "漢字 $\\frac$")
    report(tmp_path / "run", png=True)
    before = {file.name: file.read_bytes() for file in (tmp_path / "run").glob("plots/*.*")}
    for name in before:
        (tmp_path / "run" / "plots" / name).unlink()
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 30, "text.parse_math": True}), warnings.catch_warnings():
        warnings.simplefilter("error")
        report(tmp_path / "run", png=True)
    assert {file.name: file.read_bytes() for file in (tmp_path / "run").glob("plots/*.*")} == before
