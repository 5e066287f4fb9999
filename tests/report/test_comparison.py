"""The report of a comparison: its files, the images, and whether the runs were interleaved."""

from pathlib import Path

import msgspec
import pytest
from builders import a_case, a_group, a_plan
from kept_runs import PLAN, a_run, named

from bench.analysis.comparable import NamedRun
from bench.analysis.compare import changes, differences
from bench.analysis.gates import judge, parse
from bench.records.run import NOT_APPLICABLE, Failure
from bench.report import comparison


def built(out: Path, *folders: Path) -> str:
    """The text of the report on these runs with one gate."""
    runs = [named(folder) for folder in folders]
    changed = changes(runs)
    gates = judge(parse("slower 5%"), runs, changed)
    return comparison.build(out, runs, differences(runs), changed, gates).read_text()


def runs_of(tmp_path: Path) -> list[NamedRun]:
    return [named(a_run(tmp_path / name, first_s=first_s)) for name, first_s in (("a", 0.0), ("b", 30.0))]


def test_a_comparison_leaves_markdown_a_page_tables_a_picture_and_json(tmp_path: Path) -> None:
    built(tmp_path / "out", a_run(tmp_path / "a"), a_run(tmp_path / "b"))
    files = {str(file.relative_to(tmp_path / "out")) for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert files >= {
        "report.md", "report.html", "comparison.json", "tables/changes.csv", "tables/gates.csv", "plots/changes.svg",
    }  # fmt: skip
    record = msgspec.json.decode((tmp_path / "out" / "comparison.json").read_bytes())
    assert record["runs"] == ["a", "b"]
    assert [change["case"]["mode"] for change in record["changes"]] == ["eager", "function", "xla"]
    assert set(record["changes"][0]) == {
        "run", "case", "group", "title", "step", "gain", "in_turns", "absent", "costs",
    }  # fmt: skip


def test_the_images_that_the_numbers_were_made_on_are_always_named(tmp_path: Path) -> None:
    assert "Data: made-up images." in built(tmp_path / "out", a_run(tmp_path / "a"), a_run(tmp_path / "b"))
    assert comparison.data_line(runs_of(tmp_path / "more")) == "Data: made-up images."


def test_it_says_whether_the_runs_blocks_were_interleaved(tmp_path: Path) -> None:
    (interleaved,) = comparison.interleaving(changes(runs_of(tmp_path)))
    assert "compared repetition by repetition" in interleaved
    apart = [named(a_run(tmp_path / name)) for name in ("c", "d")]
    (one_after_the_other,) = comparison.interleaving(changes(apart))
    assert "made one after the other" in one_after_the_other
    assert comparison.interleaving([]) == []


def test_a_mode_that_neither_run_has_is_a_row_with_the_reason(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "graph", "function", "xla")))
    failures = [Failure(a_case("graph"), 0, NOT_APPLICABLE, "it holds no such model")]
    runs = [named(a_run(tmp_path / name, plan=plan, failures=failures)) for name in ("a", "b")]
    (row,) = [row for row in comparison.table(changes(runs)).rows if row["mode"] == "graph"]
    assert "it holds no such model" in str(row["reason"])


def test_a_terminal_shows_only_the_tables_that_have_rows(tmp_path: Path) -> None:
    runs = runs_of(tmp_path)
    assert [table.name for table in comparison.tables(runs, [], changes(runs), [])] == ["changes"]
    assert len(comparison.table(changes(runs)).rows) == len([case for case in PLAN.cases if not case.again])


@pytest.mark.parametrize(
    ("blocks", "shown"), [(6, "peak memory higher"), (3, "peak memory likely higher"), (1, "no change")]
)
def test_the_costs_that_were_told_apart_are_named_likely_with_few_repetitions(
    tmp_path: Path, blocks: int, shown: str
) -> None:
    a, b = (
        named(a_run(tmp_path / name, blocks=blocks, first_s=first_s, peak_memory_bytes=size))
        for name, first_s, size in (("a", 0.0, 10**9), ("b", 30.0, 2 * 10**9))
    )
    assert {row["shown"] for row in comparison.costs(changes([a, b])).rows} == {shown}
