"""A report's folder: its files, what an earlier report left, and a folder that cannot be written."""

from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.report.form.document import Figure, Section, Table, column
from bench.report.form.folder import write


def draw(file: Path) -> str:
    file.write_bytes(b"png")
    return '<svg viewBox="0 0 1 1"></svg>'


SECTIONS = [Section("First", (Table("t", (column("a", "a"),), ({"a": 1},)), Figure("f", "A plot", draw)))]


def test_markdown_a_page_tables_and_plots_are_written(tmp_path: Path) -> None:
    assert write(tmp_path, "Title", "CIFAR-10", SECTIONS) == tmp_path / "report.md"
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {"report.md", "report.html", "tables/t.csv", "plots/f.png"}


def test_tables_and_plots_of_an_earlier_report_are_removed(tmp_path: Path) -> None:
    write(tmp_path, "Title", "CIFAR-10", SECTIONS)
    write(tmp_path, "Title", "CIFAR-10", [Section("Other", ("A text.",))])
    assert list((tmp_path / "tables").iterdir()) == list((tmp_path / "plots").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "tables").touch()
    with pytest.raises(BenchError, match="cannot write the report into"):
        write(tmp_path, "Title", "CIFAR-10", SECTIONS)
