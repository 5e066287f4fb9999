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
from bench.report.form.document import Column, Section, Table, column
from bench.report.form.page import html
from bench.report.form.page.pictures import inline

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06}
VOID = {"meta", "link", "br", "hr", "img", "input"}
A_SVG = (
    '<svg style="stroke-linecap: butt" width="9pt" viewBox="0 0 9 9" version="1.1">\n'
    '<defs><path id="m1" d="M 0 0"/></defs>\n<g id="figure_1">'
    '<use xlink:href="#m1" style="fill: #ffffff; stroke: #0072b2"/>'
    "<text style=\"font: 700 10px 'A', sans-serif; text-anchor: end; fill: #222222\">64 ms</text>"
    "<text style=\"font-size: 10px; font-family: 'A', sans-serif; fill: #222222\">2</text></g>\n</svg>\n<!-- seal -->\n"
)


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
    headings = {text for tag in ("h2", "h3") for text in page.texts[tag]}
    assert headings >= {section.title for section in made.sections}
    assert len(page.all("table")) == len(tables) > 5
    assert len(page.all("figure")) == len(page.all("svg")) == 3
    assert len(page.all("tr")) == sum(1 + len(table.rows) for table in tables)


def test_headings_stand_in_order_and_the_contents_list_them(made: report.Report) -> None:
    page = parsed(made.page.read_text())
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    listed = {a["href"] for a in page.all("a")}
    headings = [attributes for tag, attributes in page.tags if tag in ("h2", "h3") and attributes["id"] != "contents"]
    assert [h["id"] for h in headings if f"#{h['id']}" not in listed] == []


def test_ids_are_unique_and_every_reference_finds_its_own(made: report.Report) -> None:
    text = made.page.read_text()
    page = parsed(text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    wanted = [
        word for _, a in page.tags for key in ("aria-labelledby", "aria-describedby") for word in a.get(key, "").split()
    ]
    wanted += [a["href"][1:] for _, a in page.tags if a.get("href", "").startswith("#")]
    wanted += re.findall(r"url\(#([^)]+)\)", text)
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
    for svg in page.all("svg"):
        assert svg["role"] == "img"
        assert svg["aria-labelledby"].endswith("-title")
    assert len(page.texts["desc"]) == 3
    assert all("tf.function" in words for words in page.texts["desc"])


def test_every_table_has_a_caption_and_heads_of_columns_and_rows(made: report.Report) -> None:
    page = parsed(made.page.read_text())
    assert len(page.all("caption")) == len(page.all("table"))
    heads = [head["scope"] for head in page.all("th")]
    assert heads.count("row") == len(page.all("tr")) - len(page.all("table"))
    assert set(heads) == {"row", "col"}


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
    assert "Images: look-alike" in made.page.read_text()


def test_numbers_stand_flush_right_words_do_not_and_a_bold_cell_is_an_alarm() -> None:
    rows = ({"mode": "a", "ms": "1.5 [1, 2]", "said": "**FAILED**"}, {"mode": "b", "ms": "–", "said": "SLOWER"})
    columns: tuple[Column, ...] = (column("mode", "mode"), column("ms", "ms"), column("said", "said"))
    section = Section("S", (Table("t", columns, rows, "A table"),))
    text = html("T", "images", [section], {})
    assert '<th scope="col" class="number">ms</th>' in text
    assert '<td class="number">1.5 [1, 2]</td>' in text
    assert "<td><strong>FAILED</strong></td>" in text
    assert '<td class="bad">SLOWER</td>' in text
    assert '<th scope="row">a</th>' in text


def test_two_headings_of_one_name_have_ids_of_their_own() -> None:
    text = html("T", "images", [Section("Same", ("### Same", "text")), Section("Same", ())], {})
    assert re.findall(r'<h\d id="(same[^"]*)"', text) == ["same", "same-2", "same-3"]


def test_a_picture_takes_the_colours_of_the_page_and_keeps_only_ids_that_are_used() -> None:
    svg = inline(A_SVG, "figure-a", 'Time of a step: eager 64 ms & "more"')
    assert svg.startswith('<svg viewBox="0 0 9 9" role="img"')
    assert '<title id="figure-a-title">Time of a step</title>' in svg
    assert "eager 64 ms &amp; &quot;more&quot;</desc>" in svg
    assert re.findall(r' id="([^"]+)"', svg) == ["figure-a-title", "figure-a-words", "figure-a-1"]
    assert 'href="#figure-a-1" style="fill: var(--paper); stroke: #0072b2"' in svg
    assert "font: 700 10px var(--plot-font); text-anchor: end; fill: var(--ink)" in svg
    assert '"font-size: 10px; font-family: var(--plot-font); fill: var(--ink)"' in svg
    assert "seal" not in svg


def test_a_run_of_which_nothing_came_has_a_page(tmp_path: Path) -> None:
    page = parsed(built(tmp_path, []).page.read_text())
    assert page.all("svg") == []
    assert any("NOT MEASURED" in text for text in page.texts["td"])


def test_two_groups_and_their_sweep_are_on_one_page(tmp_path: Path) -> None:
    plan = a_plan((*a_group(), *[a_case(c.mode, c.again, batch_size=8) for c in a_group()]))
    page = parsed(built(tmp_path, outcomes(plan, STEPS), plan).page.read_text())
    assert len(page.all("svg")) == 7
