"""The page: one offline file with every section, table and figure, its parts named, linked and told to all readers."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from builders import a_case, a_costs, a_group, a_measurement, a_plan, outcomes

from bench.records.run import Failure, Outcome, Plan
from bench.records.store import Store
from bench.report import run as report
from bench.report.form.card import Card, Cover, Fact, Term, Terms
from bench.report.form.document import Column, Figure, Section, Table, column, counted
from bench.report.form.page import html

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06}
VOID = {"meta", "link", "br", "hr", "img", "input"}
COVER = Cover("T", "images")


@dataclass
class Page(HTMLParser):
    """What a page is made of, by a parser that trips over tags left open."""

    open: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def parsed(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


def built(folder: Path, records: list[Outcome], plan: Plan | None = None) -> report.Report:
    store = Store.create(folder, plan or a_plan())
    for outcome in records:
        store.keep(outcome)
    return report.build(store)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> report.Report:
    return built(tmp_path_factory.mktemp("page") / "run", a_whole_run())


def a_whole_run() -> list[Outcome]:
    """With costs counted, and one case that failed with a message made to break pages."""
    failed = Failure(a_case("xla"), 0, "slice", "<script>alert('x')</script> & | **bold**")
    counted = [
        Outcome(measurement=a_measurement(m.case, m.block, m.steady.seconds[1] / 2, costs=a_costs(m.case.mode)))
        for o in outcomes(a_plan(), STEPS)
        if (m := o.measurement) and not (m.case.mode == "xla" and m.block == 0)
    ]
    return [*counted, Outcome(failure=failed)]


def test_every_section_table_and_figure_of_the_report_is_on_the_page(made: report.Report) -> None:
    page = parsed(made.page.read_text())
    parts = [part for section in made.sections for part in section.parts]
    tables = [part for part in parts if isinstance(part, Table) and part.columns]
    figures = [part for part in parts if isinstance(part, Figure)]
    headings = {text for tag in ("h2", "h3") for text in page.texts[tag]}
    assert headings >= {section.title for section in made.sections[1:]}
    assert len(page.all("table")) == len(tables) > 5
    assert len(page.all("figure")) == len(figures) == 3
    assert len(pictures(page)) == 2 * len(figures)  # wide and narrow
    assert len([row for row in page.all("tr") if "group" not in row.get("class", "")]) == sum(
        1 + len(table.rows) for table in tables
    )


def pictures(page: Page) -> list[dict[str, str]]:
    """The figures' drawings, without the marks before names."""
    return [svg for svg in page.all("svg") if "mark" not in svg["class"]]


def test_the_answer_comes_first_and_each_fold_says_its_own_in_its_summary(made: report.Report) -> None:
    text = made.page.read_text()
    first = text[text.index("<main") : text.index("<details")]
    told = ("Use tf.function", "vs eager", "How sure:", "Speedup vs eager", "All 4 modes")
    assert [part for part in told if part not in first] == []
    folds = re.findall(r"<summary><h2>(.*?)</h2><span>(.*?)</span></summary>", text)
    assert len(folds) == len([section for section in made.sections if section.summary]) > 8
    assert [title for title, summary in folds if not summary] == []


def test_the_browsers_title_names_model_machine_and_date(made: report.Report) -> None:
    (title,) = parsed(made.page.read_text()).texts["title"][:1]
    assert "tutorial_cnn" in title
    assert re.search(r"\d cores · \d+ \w{3} \d{4}", title)


def test_headings_stand_in_order(made: report.Report) -> None:
    page = parsed(made.page.read_text())
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_ids_are_unique_and_every_reference_finds_its_own(made: report.Report) -> None:
    text = made.page.read_text()
    page = parsed(text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = [
        word for _, a in page.tags for key in ("aria-labelledby", "aria-describedby") for word in a.get(key, "").split()
    ]
    wanted += [a["href"][1:] for _, a in page.tags if a.get("href", "").startswith("#")]
    wanted += [head["data-term"] for head in page.all("th") if "data-term" in head]
    assert len(wanted) > 50
    assert set(wanted) - set(ids) == set()


def test_files_that_the_page_links_to_are_there(made: report.Report) -> None:
    page = parsed(made.page.read_text())
    links = {a["href"] for a in page.all("a") if not a["href"].startswith(("#", "https://"))}
    assert {"report.md", "plan.json", "benchmark.json", "measurements.jsonl", "tables/steady.csv"} <= links
    assert [link for link in links if not (made.page.parent / link).exists()] == []


def test_the_page_loads_nothing_from_anywhere(made: report.Report) -> None:
    text = made.page.read_text()
    page = parsed(text)
    loading = [(tag, a.get("src") or a.get("href", "")) for tag, a in page.tags if tag not in ("a", "use")]
    assert [(tag, address) for tag, address in loading if address and not address.startswith("data:")] == []
    assert not re.search(r"@import|url\((?!#)", text)
    assert made.page.stat().st_size < 1.5e6


def test_every_figure_has_a_title_and_says_its_numbers_in_words(made: report.Report) -> None:
    page = parsed(made.page.read_text())
    for svg in pictures(page):
        assert svg["role"] == "img"
        assert svg["aria-labelledby"].endswith("-title")
    assert len(page.texts["desc"]) == 6
    assert all("tf.function" in words for words in page.texts["desc"])


def test_every_table_is_named_and_has_heads_of_columns_and_rows(made: report.Report) -> None:
    page = parsed(made.page.read_text())
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert all(table["aria-labelledby"] in ids for table in page.all("table"))
    heads = [head["scope"] for head in page.all("th")]
    assert heads.count("row") == len(page.all("tr")) - len(page.all("table"))
    assert set(heads) == {"row", "col"}


def test_every_column_of_the_report_is_explained_where_it_stands(made: report.Report) -> None:
    heads = [head for head in parsed(made.page.read_text()).all("th") if head["scope"] == "col"]
    assert [head for head in heads if "data-term" not in head] == []


def test_what_a_failure_says_cannot_become_a_part_of_the_page(made: report.Report) -> None:
    text = made.page.read_text()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert len(parsed(text).all("script")) == 1


def test_the_same_files_give_the_same_page(made: report.Report) -> None:
    before = made.page.read_bytes()
    report.build(Store.open(made.page.parent))
    assert made.page.read_bytes() == before


def test_the_page_names_synthetic_images_at_its_top(made: report.Report) -> None:
    assert "<li>images: <strong>made-up images</strong></li>" in made.page.read_text()


def a_table(*columns: Column) -> str:
    rows = (
        {"mode": "a", "ms": 1.5, "shown": "1.5 [1, 2]", "said": "**FAILED**"},
        {"mode": "b", "ms": None, "shown": "–", "said": "SLOWER"},
    )
    return html(COVER, [Section("S", (Table("t", columns, rows, "A table"),))])


def test_numbers_are_sorted_by_their_value_and_an_interval_stands_small_behind_it() -> None:
    text = a_table(column("mode", "mode"), Column("ms", lambda row: str(row["shown"]), value=lambda row: row["ms"]))  # type: ignore[return-value]
    assert '<th role="columnheader" scope="col" class="n rest" data-first="low">ms</th>' in text
    assert '<td role="cell" class="n rest" data-label="ms" data-v="1.5">1.5 <small>[1, 2]</small></td>' in text
    assert '<td role="cell" class="n rest none" data-label="ms" data-v="">–</td>' in text
    assert '<th role="rowheader" scope="row" class="rest" data-v="a">a</th>' in text


def test_a_unit_stands_behind_the_number_and_before_its_interval_and_doubt() -> None:
    def cell(words: str) -> str:
        steps = Column("break-even (steps)", lambda _: words, value=lambda _: 4.0, unit="steps")
        table = a_table(column("mode", "mode"), steps)
        (found,) = set[str](re.findall(r'data-label="break-even"[^>]*>(.*?)</td>', table))
        return found

    unit = '<span class="unit"> steps</span>'
    assert cell("4") == f"4{unit}"
    assert cell("1 [1, 2]") == '1<span class="unit"> step</span> <small>[1, 2]</small>'
    assert cell("4 [3, 5]") == f"4{unit} <small>[3, 5]</small>"
    assert cell("4 [3, 5] (rough)") == f"4{unit} <small>[3, 5] (rough)</small>"
    assert cell("4 (very uncertain)") == f"4{unit} <small>(very uncertain)</small>"
    assert cell("never (rough)") == "never <small>(rough)</small>"


def test_a_verdict_has_a_colour_an_arrow_and_its_word_and_a_bold_cell_is_an_alarm() -> None:
    text = a_table(column("mode", "mode"), column("said", "said"))
    assert '<span class="word bad">▼ SLOWER</span>' in text
    assert "<strong>FAILED</strong>" in text


def test_a_columns_meaning_is_that_of_the_glossary_on_the_page() -> None:
    table = Table("t", (counted("ms", "ms", "step"), column("mode", "mode", "unknown")), ({"ms": 1, "mode": "a"},))
    glossary = Section("Glossary", (Terms((Term("step", "step", "Time of a step."),)),), "words")
    text = html(COVER, [Section("S", (table,)), glossary])
    assert 'data-term="g-step"' in text
    assert '<dd id="g-step">Time of a step.</dd>' in text
    assert "g-unknown" not in text


def test_two_headings_of_one_name_have_ids_of_their_own() -> None:
    text = html(COVER, [Section("Same", ("### Same", "text")), Section("Same", ())])
    assert re.findall(r'<h\d id="(same[^"]*)"', text) == ["same", "same-2", "same-3"]


def test_a_card_without_a_figure_takes_the_whole_first_screen() -> None:
    card = Card("Nothing", "INVALID", facts=(Fact("bad", "XLA <is> **INVALID**", minor=True),), tone="bad")
    text = html(COVER, [Section("Answer", (card,))])
    assert '<div class="first alone">' in text
    assert '<section class="panel verdict bad"' in text
    assert '<li class="less"><span class="sign bad" aria-hidden="true">✗</span>' in text
    assert "XLA &lt;is&gt; <strong>INVALID</strong>" in text


def test_a_run_of_which_nothing_came_has_a_page(tmp_path: Path) -> None:
    page = parsed(built(tmp_path, []).page.read_text())
    assert pictures(page) == []
    assert "NOT MEASURED" in page.texts["strong"]


def test_two_groups_and_their_sweep_are_on_one_page(tmp_path: Path) -> None:
    plan = a_plan((*a_group(), *[a_case(c.mode, c.again, batch_size=8) for c in a_group()]))
    page = parsed(built(tmp_path, outcomes(plan, STEPS), plan).page.read_text())
    assert len(page.all("figure")) == 8  # two of the sweep, and for each case speedups, slices and break-evens
    assert page.texts["h2"][0] == "Use tf.function in all 2 cases"
