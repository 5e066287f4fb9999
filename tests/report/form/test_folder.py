"""A report's folder: its files, what an earlier report left, and a folder that cannot be written."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.report.form.card import Cover
from bench.report.form.document import Figure, Section, Table, column
from bench.report.form.folder import DRAFTS, write
from bench.report.plots.scene import Scene, Words


def draw(width: int) -> Scene:
    return Scene(width, 20, (Words(0, 10, "A title"),))


COVER = Cover("Title", "CIFAR-10")
SECTIONS = [Section("First", (Table("t", (column("a", "a"),), ({"a": 1},)), Figure("f", "A plot", draw)))]


def test_markdown_a_page_tables_and_plots_are_written(tmp_path: Path) -> None:
    assert write(tmp_path, COVER, SECTIONS) == tmp_path / "report.md"
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files == {"report.md", "report.html", "tables/t.csv", "plots/f.svg"}
    assert "![A plot](plots/f.svg)" in (tmp_path / "report.md").read_text()


def test_pngs_are_written_where_they_are_asked_for_and_removed_where_not(tmp_path: Path) -> None:
    write(tmp_path, COVER, SECTIONS, png=True)
    assert {file.name for file in (tmp_path / "plots").iterdir()} == {"f.svg", "f.png"}
    assert (tmp_path / "plots" / "f.png").read_bytes().startswith(b"\x89PNG")
    svg = (tmp_path / "plots" / "f.svg").read_bytes()
    write(tmp_path, COVER, SECTIONS)
    assert [file.name for file in (tmp_path / "plots").iterdir()] == ["f.svg"]
    assert (tmp_path / "plots" / "f.svg").read_bytes() == svg


def test_a_svg_that_somebody_edited_is_drawn_anew(tmp_path: Path) -> None:
    write(tmp_path, COVER, SECTIONS)
    before = contents(tmp_path)
    file = tmp_path / "plots" / "f.svg"
    file.write_text(file.read_text().replace("A title", "Another"))
    write(tmp_path, COVER, SECTIONS)
    assert contents(tmp_path) == before


def test_tables_and_plots_of_an_earlier_report_are_removed(tmp_path: Path) -> None:
    write(tmp_path, COVER, SECTIONS)
    write(tmp_path, COVER, [Section("Other", ("A text.",))])
    assert list((tmp_path / "tables").iterdir()) == list((tmp_path / "plots").iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "tables").touch()
    with pytest.raises(BenchError, match="cannot write the report into"):
        write(tmp_path, COVER, SECTIONS)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def breaks(width: int) -> Scene:
    raise KeyboardInterrupt


def fills_up(width: int) -> Scene:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(("draw_other", "error"), [(breaks, KeyboardInterrupt), (fills_up, BenchError)])
def test_a_report_that_is_not_finished_changes_nothing(
    draw_other: Callable[[int], Scene], error: type[BaseException], tmp_path: Path
) -> None:
    write(tmp_path, COVER, SECTIONS, others={"benchmark.json": "{}"})
    before = contents(tmp_path)
    others = [Section("Other", ("A text.", Table("u", (column("a", "a"),), ({"a": 2},)), Figure("g", "B", draw_other)))]
    with pytest.raises(error):
        write(tmp_path, Cover("Other", "CIFAR-10"), others)
    assert contents(tmp_path) == before


def test_each_file_is_put_in_its_place_whole_and_the_pages_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, replace = list[str](), os.replace

    def recorded(draft: Path, file: Path) -> None:
        assert not file.exists() or file.read_text() == "before"
        put.append(file.name)
        replace(draft, file)

    for name in ("report.md", "report.html"):
        (tmp_path / name).write_text("before")
    monkeypatch.setattr(os, "replace", recorded)
    write(tmp_path, COVER, SECTIONS, others={"benchmark.json": "{}"})
    assert put == ["f.svg", "t.csv", "benchmark.json", "report.html", "report.md"]
    assert {file.name for file in tmp_path.iterdir()} == {"tables", "plots", *put[2:]}


def test_drafts_of_a_process_that_was_killed_are_removed_and_those_being_written_are_not(tmp_path: Path) -> None:
    for name, age_s in (("old", 7200), ("young", 10)):
        (tmp_path / f"{DRAFTS}{name}").mkdir()
        (tmp_path / f"{DRAFTS}{name}" / "report.md").write_text("half")
        then = time.time() - age_s
        os.utime(tmp_path / f"{DRAFTS}{name}", (then, then))
    write(tmp_path, COVER, SECTIONS)
    assert {file.name for file in tmp_path.glob(f"{DRAFTS}*")} == {f"{DRAFTS}young"}


def test_a_long_name_has_a_file_name_that_any_system_takes(tmp_path: Path) -> None:
    names = ["x" * 300, "x" * 299 + "y"]
    write(tmp_path, COVER, [Section("S", tuple(Figure(name, "A plot", draw) for name in names))])
    files = {file.name for file in (tmp_path / "plots").iterdir()}
    assert len(files) == 2
    assert all(file in (tmp_path / "report.md").read_text() for file in files)
    assert max(map(len, files)) < 255
