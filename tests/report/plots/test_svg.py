"""A scene as SVG and as PNG: escaped, described, styled by the page or on its own, the same bytes each time."""

import re
from pathlib import Path
from xml.etree import ElementTree

from bench.report.plots.png import save
from bench.report.plots.scene import Blob, Dots, Patch, Rectangle, Scene, Stroke, Together, Words
from bench.report.plots.svg import colours, inline, mark, standalone

SHAPES = (
    Stroke(((0, 0), (10.04, 5.26)), "ln", "5 3"),
    Words(1, 2, "a < b $x$", "f t"),
    Rectangle(0, 0, 20, 10, "hit"),
    Blob(5, 5),
    Dots(((1, 1), (2.5, 2))),
    Patch(((0, 0), (1, 1), (2, 0))),
)
SCENE = Scene(100, 40, (Together("xla", SHAPES, 'XLA: 1.08x "so"'), Together("keras", (Blob(1, 1),))))


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - drawn by ourselves


def test_an_inline_picture_is_described_and_takes_its_look_from_the_page() -> None:
    svg = inline(SCENE, "wide", "p1", "Speedup: XLA <1.08x>")
    tree = parsed(svg)
    assert tree.attrib["role"] == "img"
    assert [tree[0].text, tree[1].text] == ["Speedup", "Speedup: XLA <1.08x>"]
    assert (tree[0].attrib["id"], tree[1].attrib["id"]) == ("p1-title", "p1-words")
    assert "style>" not in svg
    assert re.findall(r'<path class="ln"[^>]*>', svg) == ['<path class="ln" stroke-dasharray="5 3" d="M0 0L10 5.3"/>']


def test_each_family_has_a_mark_of_its_own() -> None:
    marks = {mark(family).replace(family, "") for family in ("base", "graph", "xla", "keras")}
    assert len(marks) == 4
    assert SCENE.families == {"xla", "keras"}


def test_what_a_name_holds_cannot_become_a_part_of_the_picture() -> None:
    svg = standalone(Scene(9, 9, (Words(0, 0, "<script>"), Together("", (), '"><script>'))), "<script>")
    assert "<script>" not in svg
    parsed(svg)


def test_a_picture_on_its_own_brings_the_light_colours_and_an_opaque_ground() -> None:
    svg = standalone(SCENE, "Speedup: all")
    parsed(svg)
    assert f"--card: {colours()['card']};" in svg
    assert 'style="fill:var(--card)"' in svg
    assert {*re.findall(r"var\(--([\w-]+)\)", svg)} - {"c", "sans"} <= {*colours()}


def test_a_png_of_a_scene_is_the_same_each_time(tmp_path: Path) -> None:
    save(SCENE, tmp_path / "a.png")
    save(SCENE, tmp_path / "b.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
