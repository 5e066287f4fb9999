"""The page in a real browser: nothing goes wrong, everything is drawn, tables sort, a phone need not scroll sideways.

Needs Debian's chromium and nothing else: a script added to a copy of the page looks at it and writes what it finds into
it, and `--dump-dom` prints that.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from browser import CHROMIUM, DESK, OPTIONS, PHONE, WITHOUT, browse, contrast
from builders import a_costs, a_group, a_measurement, a_plan, outcomes

from bench.records.run import Outcome
from bench.records.store import Store
from bench.report import run as report

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06}

pytestmark = WITHOUT

LOOK = """
<script>
"use strict";
addEventListener("load", async () => {
  const all = what => [...document.querySelectorAll(what)];
  const box = what => {
    const found = document.querySelector(what).getBoundingClientRect();
    return [found.left, found.top, found.right, found.bottom].map(Math.round);
  };
  const overflow = () => document.documentElement.scrollWidth - innerWidth;
  const first = { card: box(".verdict"), figure: box(".first figure"), head: box("table.main thead") };
  const table = document.querySelector("table.sortable");
  const shown = column => [...table.tBodies[0].rows].map(row => row.cells[column].textContent.trim());
  const head = column => table.tHead.rows[0].cells[column];
  const sorting = column => [0, 1, 2].map(() => {
    head(column).querySelector("button").click();
    return [head(column).getAttribute("aria-sort"), shown(column)];
  });
  const style = getComputedStyle(document.body);
  const closed = { folds: all("details.fold[open]").length, overflow: overflow() };
  const before = shown(2), sorted = sorting(2), byName = sorting(0);
  head(2).querySelector("button").focus();
  const tip = document.getElementById("tip"), told = tip.hidden ? "" : tip.textContent;
  document.getElementById("unfold").click();
  const drawn = all("svg.wide, svg.narrow").map(svg => svg.getBoundingClientRect()).filter(box => box.width > 0);
  const reaches = part => part.getBoundingClientRect().right > innerWidth + 1 && !part.closest("svg");
  const wider = all("main *").filter(reaches).map(part => part.outerHTML.slice(0, 120));
  const found = {
    first, closed, before, sorted, byName, told, wider,
    open: all("details.fold[open]").length, all: all("details.fold").length,
    pictures: drawn.map(box => box.width > 100 && box.height > 50),
    marks: all("svg.wide").map(svg => svg.querySelectorAll("path, circle, rect, text").length),
    dead: all('a[href^="#"]').filter(a => !document.getElementById(a.hash.slice(1))).length,
    links: all("a[href]").map(a => a.getAttribute("href")),
    buttons: all("thead button").every(button => button.tabIndex === 0),
    overflow: overflow(), width: innerWidth,
    background: style.backgroundColor, ink: style.color,
    tick: getComputedStyle(document.querySelector("svg.wide text:not(.f)")).fill,
  };
  parent.postMessage(JSON.stringify(found), "*");
});
</script>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run with costs, beside its files."""
    store = Store.create(tmp_path_factory.mktemp("browser") / "run", a_plan(a_group()))
    for m in (o.measurement for o in outcomes(store.plan, STEPS)):
        if m:
            costs = a_costs(m.case.mode)
            store.keep(Outcome(measurement=a_measurement(m.case, m.block, m.steady.seconds[1] / 2, costs=costs)))
    return report.build(store).page


@pytest.fixture(scope="module")
def desk(page: Path) -> tuple[dict[str, Any], str]:
    return browse(page, LOOK)


@pytest.fixture(scope="module")
def phone(page: Path) -> dict[str, Any]:
    found, console = browse(page, LOOK, size=PHONE)
    assert console == ""
    return found


def test_the_console_stays_silent(desk: tuple[dict[str, Any], str], tmp_path: Path) -> None:
    assert desk[1] == ""
    broken = tmp_path / "report.html"  # so that silence says something
    broken.write_text("<body><table class='sortable'></table><script>undefined.sort()</script></body>")
    with pytest.raises(AssertionError, match=r"CONSOLE.*TypeError"):
        browse(broken, LOOK)


def test_the_first_screen_holds_the_card_the_figure_and_the_tables_head(
    desk: tuple[dict[str, Any], str], phone: dict[str, Any]
) -> None:
    for found, (width, height) in ((desk[0], DESK), (phone, PHONE)):
        for name, (left, top, right, bottom) in found["first"].items():
            assert 0 <= left < right <= width, name
            assert 0 <= top < bottom <= height, name


def test_a_desk_has_the_figure_beside_the_card_and_a_phone_below_it(
    desk: tuple[dict[str, Any], str], phone: dict[str, Any]
) -> None:
    assert desk[0]["first"]["figure"][0] > desk[0]["first"]["card"][2]
    assert phone["first"]["figure"][1] > phone["first"]["card"][3]


def test_every_fold_is_closed_and_one_button_opens_them_all(desk: tuple[dict[str, Any], str]) -> None:
    assert desk[0]["closed"]["folds"] == 0
    assert desk[0]["open"] == desk[0]["all"] > 8


def test_every_picture_is_drawn_once(desk: tuple[dict[str, Any], str], phone: dict[str, Any]) -> None:
    for found in (desk[0], phone):
        assert found["pictures"] == [True] * 3
        assert min(found["marks"]) > 15


def test_a_columns_meaning_is_told_where_it_is_focused(desk: tuple[dict[str, Any], str]) -> None:
    assert desk[0]["told"].startswith("The baseline's step time divided by the mode's")


def test_links_are_alive(desk: tuple[dict[str, Any], str], page: Path) -> None:
    found, _ = desk
    files = [link for link in found["links"] if not link.startswith(("#", "https:"))]
    assert found["dead"] == 0
    assert len(files) > 10
    assert [link for link in files if not (page.parent / link).exists()] == []


def test_a_first_click_brings_up_the_fastest_a_second_turns_it_round_a_third_restores_it(
    desk: tuple[dict[str, Any], str],
) -> None:
    found, _ = desk
    (down, falling), (up, rising), (off, restored) = found["sorted"]
    assert (down, up, off) == ("descending", "ascending", None)
    assert falling[0] == "2.00x"
    assert "slower" in falling[-1]
    assert (rising[0], rising[-1]) == (falling[-1], falling[0])
    assert restored == found["before"]
    assert found["byName"][0][1][0] == "eager"
    assert found["buttons"]


def test_a_phone_does_not_scroll_sideways_with_all_folds_open_either(phone: dict[str, Any]) -> None:
    assert phone["width"] == PHONE[0]
    assert phone["closed"]["overflow"] <= 0
    assert phone["overflow"] <= 0
    assert phone["wider"] == []


def test_a_printed_page_is_whole_and_opens_what_is_folded(page: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.pdf"
    command = [str(CHROMIUM), *OPTIONS, f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer",
               "--virtual-time-budget=5000", f"--print-to-pdf={file}", page.as_uri()]  # fmt: skip
    subprocess.run(command, capture_output=True, check=True, timeout=120)
    assert file.read_bytes().count(b"/Type /Page\n") + file.read_bytes().count(b"/Type /Page ") >= 3


def test_dark_turns_page_and_pictures_around(page: Path, desk: tuple[dict[str, Any], str]) -> None:
    light, (dark, _) = desk[0], browse(page, LOOK, "--blink-settings=preferredColorScheme=0")
    for name in ("background", "ink", "tick"):
        assert light[name] != dark[name]
    assert dark["tick"] == dark["ink"]
    assert contrast(dark["background"], dark["ink"]) > 7
    assert contrast(light["background"], light["ink"]) > 7
