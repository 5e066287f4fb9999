"""The page in a real browser: nothing goes wrong, everything is drawn, tables sort, a phone need not scroll sideways.

Needs Debian's chromium and nothing else: a script added to a copy of the page looks at it and writes what it finds into
it, and `--dump-dom` prints that.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from builders import a_costs, a_group, a_measurement, a_plan, outcomes

from bench.records.run import Outcome
from bench.records.store import Store
from bench.report import run as report

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run")
STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06}
PHONE = (390, 844)

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser at {CHROMIUM} (Debian's package chromium)")

LOOK = """
<script>
"use strict";
addEventListener("load", () => {
  const drawn = picture => { const box = picture.getBoundingClientRect(); return box.width > 100 && box.height > 50; };
  const table = document.querySelector("table.sortable");
  const shown = column => [...table.tBodies[0].rows].map(row => row.cells[column].textContent.trim());
  const head = column => table.tHead.rows[0].cells[column];
  const sorting = column => [0, 1, 2].map(() => {
    head(column).querySelector("button").click();
    return [head(column).getAttribute("aria-sort"), shown(column)];
  });
  const style = getComputedStyle(document.body);
  const found = {
    pictures: [...document.querySelectorAll("svg")].map(drawn),
    marks: [...document.querySelectorAll("svg")].map(svg => svg.querySelectorAll("path, use, text").length),
    dead: [...document.querySelectorAll('a[href^="#"]')].filter(a => !document.getElementById(a.hash.slice(1))).length,
    links: [...document.querySelectorAll("a[href]")].map(a => a.getAttribute("href")),
    before: shown(1), sorted: sorting(1), byName: sorting(0),
    buttons: [...document.querySelectorAll("thead button")].every(button => button.tabIndex === 0),
    overflow: document.documentElement.scrollWidth - innerWidth, width: innerWidth,
    background: style.backgroundColor, ink: style.color,
    tick: getComputedStyle(document.querySelector("svg text")).fill,
  };
  parent.postMessage(JSON.stringify(found), "*");
});
</script>
"""
# The page is looked at in a frame, for a window is never narrower than 500 pixels.
FRAME = """
<!DOCTYPE html>
<meta charset="utf-8">
<script>
addEventListener("message", event => {
  const told = document.createElement("pre");
  told.id = "found";
  told.textContent = event.data;
  document.body.append(told);
});
</script>
<body><iframe src="looked-at.html" width="WIDTH" height="HEIGHT" style="border: 0"></iframe></body>
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


def browse(page: Path, *options: str, size: tuple[int, int] = (1280, 900)) -> tuple[dict[str, Any], str]:
    """What the looking script found in a copy of the page, and what the browser's console said."""
    page.with_name("looked-at.html").write_text(page.read_text().replace("</body>", f"{LOOK}</body>"))
    frame = page.with_name("frame.html")
    frame.write_text(FRAME.replace("WIDTH", str(size[0])).replace("HEIGHT", str(size[1])))
    command = [
        str(CHROMIUM), *OPTIONS, f"--user-data-dir={page.parent / 'profile'}", "--window-size=1400,1000",
        "--virtual-time-budget=5000", "--enable-logging=stderr", "--v=0", *options, "--dump-dom", frame.as_uri(),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    told = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert told, done.stderr
    console = "\n".join(line for line in done.stderr.splitlines() if "CONSOLE" in line)
    return json.loads(told[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")), console


@pytest.fixture(scope="module")
def desk(page: Path) -> tuple[dict[str, Any], str]:
    return browse(page)


def test_the_console_stays_silent(desk: tuple[dict[str, Any], str], tmp_path: Path) -> None:
    assert desk[1] == ""
    broken = tmp_path / "report.html"  # so that silence says something
    broken.write_text("<body><table class='sortable'></table><script>undefined.sort()</script></body>")
    with pytest.raises(AssertionError, match=r"CONSOLE.*TypeError"):
        browse(broken)


def test_every_picture_is_drawn(desk: tuple[dict[str, Any], str]) -> None:
    found, _ = desk
    assert found["pictures"] == [True] * 3
    assert min(found["marks"]) > 20


def test_links_are_alive(desk: tuple[dict[str, Any], str], page: Path) -> None:
    found, _ = desk
    files = [link for link in found["links"] if not link.startswith(("#", "https:"))]
    assert found["dead"] == 0
    assert len(files) > 10
    assert [link for link in files if not (page.parent / link).exists()] == []


def test_a_click_sorts_a_table_by_size_a_second_turns_it_round_a_third_restores_it(
    desk: tuple[dict[str, Any], str],
) -> None:
    found, _ = desk
    (up, rising), (down, falling), (off, restored) = found["sorted"]
    numbers = [float(text.split()[0]) for text in rising]
    assert numbers == sorted(numbers)
    assert (up, down, off) == ("ascending", "descending", None)
    assert falling == rising[::-1]
    assert restored == found["before"] != rising
    assert found["byName"][0][1] == ["eager", "eager (again)", "tf.function", "TF1 graph", "XLA"]
    assert found["buttons"]


def test_a_phone_does_not_scroll_sideways(page: Path) -> None:
    found, console = browse(page, size=PHONE)
    assert found["width"] == PHONE[0]
    assert found["overflow"] <= 0
    assert found["pictures"] == [True] * 3
    assert console == ""


def test_dark_turns_page_and_pictures_around(page: Path, desk: tuple[dict[str, Any], str]) -> None:
    light, (dark, _) = desk[0], browse(page, "--blink-settings=preferredColorScheme=0")
    for name in ("background", "ink", "tick"):
        assert light[name] != dark[name]
    assert dark["tick"] == dark["ink"]
    assert contrast(dark["background"], dark["ink"]) > 7
    assert contrast(light["background"], light["ink"]) > 7


def contrast(one: str, other: str) -> float:
    """Of two colours as the browser gives them, by the formula of WCAG 2."""
    lights = []
    for colour in (one, other):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)
