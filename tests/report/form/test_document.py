"""Documents as Markdown and CSV: tables, figures, texts, and values that were not measured."""

from functools import partial
from typing import TYPE_CHECKING

from bench.analysis.stats.ratios import Summary
from bench.report.form.document import Column, Figure, Section, Table, column, csv, markdown
from bench.report.plots.canvas import sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

ROWS = (
    {"mode": "eager", "step_s": Summary(0.05, 0.04, 0.06, 6), "note": None},
    {"mode": "a|b", "step_s": None, "note": "slow"},
)
TABLE = Table("steps", (column("mode", "mode"), Column("note", lambda row: str(row["note"]))), ROWS)


def draw() -> "Sheet":
    return sheet(1.0, 1.0)


def test_a_document_is_headings_texts_tables_and_pictures_in_order() -> None:
    parts = ("A text.", TABLE, Figure("plot", "A plot: its words", partial(draw)))
    assert markdown("Title", [Section("First", parts)]) == (
        "# Title\n\n## First\n\nA text.\n\n"
        "| mode | note |\n| --- | --- |\n| eager | None |\n| a\\|b | slow |\n\n"
        "![A plot: its words](plots/plot.svg)\n"
    )


def test_a_table_without_columns_is_not_in_the_document() -> None:
    assert markdown("Title", [Section("First", (Table("data", (), ROWS),))]) == "# Title\n\n## First\n"


def test_a_csv_has_all_values_a_summary_as_four_and_nothing_for_what_was_not_measured() -> None:
    lines = csv(TABLE, "CIFAR-10").splitlines()
    assert lines[0] == "mode,step_s,step_s_low,step_s_high,step_s_blocks,note,data"
    assert lines[1] == "eager,0.05,0.04,0.06,6,,CIFAR-10"
    assert lines[2] == "a|b,,,,0,slow,CIFAR-10"


def test_a_column_shows_none_as_a_dash() -> None:
    assert [column("note", "note").text(row) for row in ROWS] == ["–", "slow"]
