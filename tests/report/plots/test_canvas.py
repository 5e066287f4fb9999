"""What all figures share: the same bytes for the same figure, ticks that lie on the axis, a colour for each mode."""

from pathlib import Path
from typing import Any

from bench.modes import MODES
from bench.report.plots.canvas import canvas, colour, line, ratio_axis, rows, save_png, style, svg


def drawn(file: Path) -> tuple[bytes, str]:
    def figure() -> Any:
        made, axes = canvas("A title", 2.0)
        axes.plot([0.5, 2.0], [0, 1])
        rows(axes, ["first", "second"])
        return made

    with style():
        save_png(figure(), file)
        return file.read_bytes(), svg(figure(), "a")


def test_the_same_figure_gives_the_same_bytes_and_keeps_its_texts(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first, again = drawn(tmp_path / "a.png"), drawn(tmp_path / "again" / "a.png")
    assert first == again
    assert first[0].startswith(b"\x89PNG")
    assert ">A title</text>" in first[1]


def test_a_ratio_axis_is_logarithmic_with_ticks_inside_its_ends() -> None:
    _, axes = canvas("A title", 2.0)
    ratio_axis(axes.xaxis, 0.5, 2.0)
    assert axes.get_xscale() == "log"
    low, high = axes.get_xlim()
    assert low < 0.5
    assert high > 2.0
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.5x", "0.7x", "1x", "1.5x", "2x"]


def test_modes_that_share_a_colour_differ_in_their_line() -> None:
    styles = [(colour(mode.name), line(mode.name)) for mode in MODES]
    assert len(set(styles)) == len(MODES)
