"""A figure is drawn again where something it shows has changed, and only there; either way its file is the same."""

import inspect
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from builders import a_plan, outcomes
from built_reports import STEPS, built
from places import ROOT

from bench.records.store import Store
from bench.report import run as report
from bench.report.plots import canvas, drawing, short
from bench.report.plots.drawing import Drawing, svgs

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def a_line(title: str, ends: tuple[float, float]) -> "Figure":
    figure, axes = canvas.canvas(title, 2.0)
    axes.plot(ends, [0, 1], "o-")
    return figure


def another_line(title: str, ends: tuple[float, float]) -> "Figure":
    return a_line(title, ends)


LINE = partial(a_line, "A title", (1.0, 2.0))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The SVG of an earlier report."""
    (tmp_path / "a.svg").write_text(svgs({"a": LINE}, {"a": tmp_path / "none"})["a"])
    return tmp_path / "a.svg"


def is_drawn(made: Drawing, file: Path, monkeypatch: pytest.MonkeyPatch, name: str = "a") -> bool:
    drawn, draw = list[str](), canvas.svg

    def noted(figure: "Figure", name: str) -> str:
        drawn.append(name)
        return draw(figure, name)

    with monkeypatch.context() as patch:
        patch.setattr(canvas, "svg", noted)
        text = svgs({name: made}, {name: file})[name]
    assert drawn or text == file.read_text()
    return bool(drawn)


def test_what_an_earlier_report_drew_alike_is_taken_from_its_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_drawn(LINE, file, monkeypatch)
    assert not is_drawn(partial(a_line, "A title", (1.0, 2.0)), file, monkeypatch)


@pytest.mark.parametrize(
    "other",
    [
        partial(a_line, "A title", (1.0, 2.0000000000000004)),
        partial(a_line, "A Title", (1.0, 2.0)),
        partial(another_line, "A title", (1.0, 2.0)),
        partial(a_line, "A title", ends=(1.0, 2.0)),
    ],
)
def test_what_shows_anything_else_is_drawn(other: Drawing, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_drawn(other, file, monkeypatch)


def test_another_matplotlib_or_name_draws_it_anew(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_drawn(LINE, file, monkeypatch, name="b")
    with monkeypatch.context() as patch:
        patch.setattr(drawing, "_matplotlib", lambda: "0.1")
        assert is_drawn(LINE, file, patch)


@pytest.mark.parametrize("changed", [sys.modules[__name__], canvas, short], ids=["its own", "canvas", "short"])
def test_changed_code_draws_it_anew(changed: ModuleType, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def edited(module: ModuleType) -> str:
        return source(module) + "# more" * (module is changed)

    source = inspect.getsource
    monkeypatch.setattr(inspect, "getsource", edited)
    assert is_drawn(LINE, file, monkeypatch)


def cut(text: str) -> str:
    return text[: len(text) // 2]


DAMAGES: dict[str, Callable[[str], str]] = {
    "a number": lambda text: text.replace("2.0", "2.1", 1),
    "a character less": lambda text: text.replace(" ", "", 1),
    "half of it": cut,
    "nothing": lambda text: "",
    "its seal alone": lambda text: text[text.rindex("<!--") :],
    "no seal": lambda text: text[: text.rindex("<!--")],
    "more after it": lambda text: f"{text}<!-- -->\n",
    "twice": lambda text: text * 2,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_file_that_was_edited_or_damaged_is_drawn_anew(
    damage: Callable[[str], str], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = file.read_text()
    file.write_text(damage(whole))
    assert is_drawn(LINE, file, monkeypatch)
    assert svgs({"a": LINE}, {"a": file}) == {"a": whole}


FOREIGN = (
    "<script>alert(1)</script>",
    '<path onload="alert(1)" d="M 0 0"/>',
    '<a href="http://evil.example"><g/></a>',
    '<use href="http://evil.example/x.svg#a"/>',
    '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    '<image xlink:href="//evil.example/x.png" width="1"/>',
    '<path style="fill: url(http://evil.example/#a)"/>',
    '<path style="fill: url(evil)"/>',
    '<path style="background: image-set(&quot;x&quot; 1x)"/>',
    "<style>@import 'evil.css';</style>",
    '<svg xmlns="http://www.w3.org/1999/xhtml"></svg>',
    "<foreignObject><p>x</p></foreignObject>",
    '<animate attributeName="href" to="javascript:alert(1)"/>',
    "<!DOCTYPE svg>",
    "<g\nonclick=alert(1)>",
    "</g><iframe>",
)


@pytest.mark.parametrize("foreign", FOREIGN)
def test_a_file_with_more_than_a_drawing_is_not_taken_though_its_seal_fits(
    foreign: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = file.read_text()
    body = whole[: whole.rindex("<!--")].replace("</svg>", f"{foreign}</svg>")
    file.write_text(drawing._sealed(body, drawing._key(LINE, "a")))
    assert is_drawn(LINE, file, monkeypatch)
    tame = whole[: whole.rindex("<!--")].replace("</svg>", '<g><path d="M 0 0"/></g></svg>')
    file.write_text(drawing._sealed(tame, drawing._key(LINE, "a")))
    assert not is_drawn(LINE, file, monkeypatch)  # it is the foreign part alone that is refused


def test_what_is_no_file_of_text_is_drawn_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "bytes.svg").write_bytes(b"\xff\xfe")
    (tmp_path / "link.svg").symlink_to(file)
    for name in ("folder.svg", "bytes.svg", "link.svg", "none.svg"):
        assert is_drawn(LINE, tmp_path / name, monkeypatch)


def test_a_report_whose_figures_are_all_taken_again_loads_no_matplotlib(tmp_path: Path) -> None:
    built(tmp_path / "a", outcomes(a_plan(), STEPS))
    before = {file.name: file.read_bytes() for file in (tmp_path / "a").rglob("*.*") if file.is_file()}
    code = (
        "import sys\nfrom pathlib import Path\nfrom bench.report import run\nfrom bench.records.store import Store\n"
        "run.build(Store.open(Path('a')))\nprint(sorted({'matplotlib'} & set(sys.modules)))"
    )
    python = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"]
    done = subprocess.run(python, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"
    assert {file.name: file.read_bytes() for file in (tmp_path / "a").rglob("*.*") if file.is_file()} == before


def test_a_longer_start_draws_the_total_time_and_no_other_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = outcomes(a_plan(), STEPS)
    built(tmp_path / "a", records)
    slow = [replace(o, measurement=o.measurement and replace(o.measurement, build_s=3.0)) for o in records]
    other = built(tmp_path / "b", slow)
    after = {file.name: file.read_bytes() for file in (tmp_path / "b").glob("plots/*")}
    for file in (tmp_path / "a").glob("plots/*"):
        shutil.copy(file, tmp_path / "b" / "plots")
    drawn, draw = list[str](), canvas.svg

    def noted(figure: "Figure", name: str) -> str:
        drawn.append(name.rpartition("-")[2])
        return draw(figure, name)

    monkeypatch.setattr(canvas, "svg", noted)
    report.build(Store.open(other.path.parent))
    assert drawn == ["total"]
    assert {file.name: file.read_bytes() for file in (tmp_path / "b").glob("plots/*")} == after
