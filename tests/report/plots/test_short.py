"""A drawing in half the characters: the same picture, in a white box, with texts as text and nothing beside them."""

import re
from xml.etree import ElementTree

from bench.report.plots.canvas import canvas, style, svg
from bench.report.plots.short import shortened

SVG = "{http://www.w3.org/2000/svg}"
REFERENCE = r'href="#([^"]+)|url\(#([^)]+)'


def drawn(title: str = "A title", dots: int = 5) -> tuple[str, str]:
    with style():
        figure, axes = canvas(title, 2.0)
        axes.plot(range(dots), range(dots), ".", color="#0072B2", alpha=0.5)
        long = svg(figure, "a")
    return long, shortened(long)


def elements(text: str, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(text).iter(f"{SVG}{name}"))  # noqa: S314 - our own


def test_it_is_an_svg_on_white_that_says_its_size() -> None:
    _, short = drawn()
    (root,) = elements(short, "svg")
    assert (root.attrib["width"], root.attrib["viewBox"]) == ("576pt", "0 0 576 144")
    ground = elements(short, "path")[0]
    assert ground.attrib["style"] == "fill: #ffffff"
    assert ground.attrib["d"].split() == "M 0 144 L 576 144 L 576 0 L 0 0 z".split()


def test_texts_are_text_in_a_font_of_which_everybody_has_one() -> None:
    _, short = drawn("A <title> & more")
    texts = elements(short, "text")
    assert "A <title> & more" in {text.text for text in texts}
    assert all("'DejaVu Sans', Verdana, sans-serif" in text.attrib["style"] for text in texts)
    assert "Bitstream" not in short


def test_dots_share_their_look_and_places_are_cut_to_a_hundredth() -> None:
    long, short = drawn(dots=50)
    assert len(short) < 0.6 * len(long)
    assert re.findall(r'<g [^>]*style="[^"]*fill: #0072b2[^"]*">\s*<use ', short)
    assert not re.search(r' [xyd]="[^"]*\.\d{3}', short)
    assert short.count("<use ") == long.count("<use ")


def test_every_id_is_referred_to_and_every_reference_finds_one() -> None:
    _, short = drawn()
    ids = re.findall(r' id="([^"]+)"', short)
    assert ids
    assert sorted(ids) == sorted({word for pair in re.findall(REFERENCE, short) for word in pair if word})


def test_nothing_but_the_drawing_is_in_it() -> None:
    _, short = drawn()
    assert short.startswith("<svg ")
    assert short.endswith("</svg>\n")
    assert not re.search(r"<style|<metadata|<!|<\?", short)
