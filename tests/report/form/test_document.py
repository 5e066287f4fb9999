"""Documents as Markdown and CSV: tables, figures, texts, and values that were not measured."""

from bench.analysis.stats.ratios import Summary
from bench.report.form.card import Card, Chip, Cover, Fact
from bench.report.form.document import Column, Figure, Section, Table, column, csv, distinct, markdown
from bench.report.plots.scene import Scene

ROWS = (
    {"mode": "eager", "step_s": Summary(0.05, 0.04, 0.06, 6), "note": None},
    {"mode": "a|b", "step_s": None, "note": "slow"},
)
TABLE = Table("steps", (column("mode", "mode"), Column("note", lambda row: str(row["note"]))), ROWS)


COVER = Cover("Title", "images of a test")


def draw(width: int) -> Scene:
    return Scene(width, 10, ())


def test_a_document_is_headings_texts_tables_and_pictures_in_order() -> None:
    parts = ("A text.", TABLE, Figure("plot", "A plot: its words", draw))
    assert markdown(COVER, [Section("First", parts)]) == (
        "# Title\n\nimages: images of a test\n\n## First\n\nA text.\n\n"
        "| mode | note |\n| --- | --- |\n| eager | None |\n| a\\|b | slow |\n\n"
        "![A plot: its words](plots/plot.svg)\n"
    )


def test_a_table_without_columns_is_not_in_the_document() -> None:
    text = markdown(COVER, [Section("First", (Table("data", (), ROWS),))])
    assert text == "# Title\n\nimages: images of a test\n\n## First\n"


def test_a_csv_has_all_values_a_summary_as_four_and_nothing_for_what_was_not_measured() -> None:
    lines = csv(TABLE, "CIFAR-10").splitlines()
    assert lines[0] == "mode,step_s,step_s_low,step_s_high,step_s_blocks,note,data"
    assert lines[1] == "eager,0.05,0.04,0.06,6,,CIFAR-10"
    assert lines[2] == "a|b,,,,0,slow,CIFAR-10"


def test_a_column_shows_none_as_a_dash() -> None:
    assert [column("note", "note").text(row) for row in ROWS] == ["–", "slow"]


def test_the_cover_says_what_when_and_by_which_command() -> None:
    cover = Cover("Which mode?", "CIFAR-10", "mlp", chips=(Chip("**1 Jan 2026**"),), command="cifar-bench run")
    assert markdown(cover, []) == (
        "# Which mode? mlp\n\n**1 Jan 2026** · images: CIFAR-10\n\nMade by `cifar-bench run`.\n"
    )


def test_a_card_is_a_bold_line_its_facts_and_how_sure_it_is() -> None:
    facts = (Fact("good", "Break-even after 16 steps", "start-up 1 s"), Fact("bad", "XLA does not pay here"))
    card = Card("Use it", "1.93x", "vs eager", (("over_time", "[1.85, 2.02]"),), "", facts, "6 repetitions.")
    assert card.markdown() == (
        "**Use it: 1.93x** vs eager (over time [1.85, 2.02]).\n\n"
        "- ✓ Break-even after 16 steps (start-up 1 s)\n- ✗ XLA does not pay here\n\nHow sure: 6 repetitions."
    )


def test_a_folded_section_says_its_answer_in_markdown_too() -> None:
    assert "## First\n\n*the answer*\n\nA text." in markdown(COVER, [Section("First", ("A text.",), "the answer")])


def test_groups_of_rows_stand_under_what_differs_between_them() -> None:
    rows = tuple({"group": f"mlp, batch {size}, CPU", "mode": mode} for size in (1, 32) for mode in ("eager", "xla"))
    table = Table("steps", (column("mode", "mode"),), rows, group="group")
    assert [table.heading(number) for number in range(4)] == ["batch 1", "", "batch 32", ""]
    assert "| **batch 32** |\n| eager |" in markdown(COVER, [Section("First", (table,))])


def test_the_name_of_a_single_case_is_kept_whole() -> None:
    assert distinct(["mlp, batch 1"]) == {"mlp, batch 1": "mlp, batch 1"}
