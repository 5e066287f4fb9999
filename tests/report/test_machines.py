"""The report of several machines' runs: its files, its sentences, and that no times are pooled."""

import csv
from pathlib import Path

from analysed_machines import OTHER, SLOW, fleet_folder
from kept_runs import STEPS

from bench.analysis.machines import read_machines
from bench.errors import Exit
from bench.report import machines as report


def test_it_leaves_a_page_tables_a_picture_and_each_machines_own_report(tmp_path: Path) -> None:
    path, _ = report.build(fleet_folder(tmp_path, a=STEPS, b=SLOW))
    files = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert files >= {
        "report.md", "report.html", "tables/machines.csv", "tables/fleet.csv", "tables/differences.csv",
        "plots/machines.svg", "machines/a/report.html", "machines/b/report.html",
    }  # fmt: skip
    text = path.read_text()
    assert "## Machines" in text
    assert "No speedup is shown to differ from that on a." in text
    first = {name: (tmp_path / name).read_bytes() for name in files}
    report.build(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in files} == first


def test_each_row_is_one_machines_own(tmp_path: Path) -> None:
    report.build(fleet_folder(tmp_path, a=STEPS, b=SLOW))
    with (tmp_path / "tables" / "machines.csv").open() as stream:
        rows = {(row["mode"], row["machine"]): row for row in csv.DictReader(stream)}
    assert len(rows) == 4
    slower = float(rows["function", "b"]["step"]) / float(rows["function", "a"]["step"])
    assert round(slower, 2) == 7.0
    assert rows["function", "a"]["speedup_blocks"] == rows["function", "b"]["speedup_blocks"] == "6"


def test_a_speedup_that_depends_on_the_machine_is_the_answer(tmp_path: Path) -> None:
    path, found = report.build(fleet_folder(tmp_path, a=STEPS, b=OTHER))
    (sentence,) = [text for text in report.sentences(found) if "depends on the machine" in text]
    assert sentence.startswith("A speedup depends on the machine: **tf.function** on b 2.00x [")
    assert "**The speedup depends on the machine: 2.00 to 4.00x**" in path.read_text()
    assert report.exit_code(found) is Exit.OK


def test_few_repetitions_show_likely_that_it_depends_and_one_nothing(tmp_path: Path) -> None:
    path, found = report.build(fleet_folder(tmp_path / "few", 3, a=STEPS, b=OTHER))
    assert any(text.startswith("A speedup likely depends on the machine: ") for text in report.sentences(found))
    assert "**The speedup likely depends on the machine: 2.00 to 4.00x**" in path.read_text()
    once, _ = report.build(fleet_folder(tmp_path / "one", 1, a=STEPS, b=OTHER))
    assert "**One repetition gives no interval: NO VERDICT**" in once.read_text()


def test_a_missing_machine_is_said_and_fails_the_command(tmp_path: Path) -> None:
    path, found = report.build(fleet_folder(tmp_path, b=STEPS))
    assert "**Not measured**: a." in path.read_text()
    assert report.exit_code(found) is Exit.CASE_FAILED


def test_nothing_that_came_back_is_a_page_too(tmp_path: Path) -> None:
    path, found = report.build(fleet_folder(tmp_path))
    assert "NOT MEASURED" in path.read_text()
    assert report.exit_code(read_machines(tmp_path)) is Exit.CASE_FAILED
    assert [table.name for table in report.tables(found)] == []
