"""Charts of rows and of lines: what is drawn at both widths, and what is off scale."""

from collections.abc import Iterator, Sequence

import pytest
from builders import a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.report.plots import timing
from bench.report.plots.axes import Scale
from bench.report.plots.forest import MOST_NARROW, ForestRow, Ruler, forest
from bench.report.plots.lines import ChartLine, LinePoint, Panel, panels
from bench.report.plots.scene import NARROW, WIDE, Blob, Scene, Shape, Stroke, Together, Words

RULER = Ruler(0.5, 2.2, ((0.5, "2x slower"), (1.0, "1x = eager"), (2.0, "2x")), one=1.0, band=(0.96, 1.04))
SLOW = ForestRow("XLA loop", "xla", 0.014, (0.008, 0.024), (0.008, 0.024), "71x slower", "[41, 121]")
FAST = ForestRow("tf.function", "graph", 1.93, (1.87, 2.0), (1.85, 2.02), "1.93x", "[1.85, 2.02]", picked=True)


def shapes(scene: Scene, kind: type[Shape]) -> list[Shape]:
    """All shapes of a kind, those of groups too."""
    return [shape for shape in everything(scene.shapes) if isinstance(shape, kind)]


def everything(parts: Sequence[Shape]) -> Iterator[Shape]:
    for part in parts:
        yield part
        yield from everything(part.shapes) if isinstance(part, Together) else ()


def texts(scene: Scene) -> list[str]:
    return [words.text for words in shapes(scene, Words) if isinstance(words, Words)]


def test_a_wide_chart_says_every_value_with_its_interval() -> None:
    said = texts(forest((FAST, SLOW), RULER, WIDE))
    assert {"tf.function", "1.93x", "[1.85, 2.02]", "XLA loop", "71x slower", "[41, 121]", "1x = eager"} <= {*said}


def test_a_value_off_scale_is_an_arrow_and_does_not_squeeze_the_others() -> None:
    both, alone = forest((FAST, SLOW), RULER, WIDE), forest((FAST,), RULER, WIDE)
    assert "off scale" in texts(both)
    assert len(shapes(both, Blob)) == len(shapes(alone, Blob)) == 1


def test_a_phone_shows_the_first_rows_without_intervals() -> None:
    rows = tuple(ForestRow(f"mode {number}", "graph", 1.5, None, None, "1.50x", "[1, 2]") for number in range(9))
    narrow = texts(forest(rows, RULER, NARROW))
    assert len([text for text in narrow if text.startswith("mode")]) == MOST_NARROW
    assert "[1, 2]" not in narrow
    assert len([text for text in texts(forest(rows, RULER, WIDE)) if text.startswith("mode")]) == len(rows)


def test_nothing_of_a_chart_lies_outside_it() -> None:
    for width in (WIDE, NARROW):
        scene = forest((FAST, SLOW), RULER, width)
        places = [x for stroke in shapes(scene, Stroke) if isinstance(stroke, Stroke) for x, _ in stroke.points]
        assert 0 <= min(places) <= max(places) <= width


def test_both_intervals_are_drawn_the_one_over_time_thin() -> None:
    looks = [stroke.look for stroke in shapes(forest((FAST,), RULER, WIDE), Stroke) if isinstance(stroke, Stroke)]
    assert looks.count("bar") == 1
    assert looks.count("whisker") == 3  # a line and its two ends


def test_each_line_has_its_name_at_its_end() -> None:
    lines = tuple(
        ChartLine(title, "graph", (LinePoint(0, 1), LinePoint(10, high))) for title, high in (("a", 2.0), ("b", 2.01))
    )
    panel = Panel(
        lines, Scale(0, 10, 0, 1, ticks=((0, "0"),)), Scale(0, 3, 0, 1, ticks=((1, "1x"),)), ("steps", "speedup")
    )
    scene = panels((panel,), WIDE)
    heights = [words.y for words in shapes(scene, Words) if isinstance(words, Words) and words.text in ("a", "b")]
    assert abs(heights[0] - heights[1]) >= 13
    assert {"steps", "speedup", "1x", "0"} <= {*texts(scene)}


def test_a_line_that_ends_early_has_its_name_over_its_end() -> None:
    short = ChartLine("early", "graph", (LinePoint(0, 1), LinePoint(5, 2)), marked=False)
    long = ChartLine("late", "base", (LinePoint(0, 1), LinePoint(10, 2)), marked=False)
    scene = panels((Panel((short, long), Scale(0, 10, 0, 1), Scale(0, 3, 0, 1), ("s", "accuracy")),), WIDE)
    places = {words.text: words.x for words in shapes(scene, Words) if isinstance(words, Words)}
    assert places["early"] < places["late"] / 1.5


def test_a_break_even_is_marked_where_its_line_crosses_zero() -> None:
    line = ChartLine("tf.function", "graph", (LinePoint(0, -1), LinePoint(20, 1)), "", False, crossing=10, span=(6, 14))
    panel = Panel((line,), Scale(0, 20, 0, 1), Scale(-1, 1, 0, 1), ("steps", "saved"), one=0.0)
    scene = panels((panel,), WIDE)
    (blob,) = (each for each in shapes(scene, Blob) if isinstance(each, Blob))
    (ln,) = (each for each in shapes(scene, Stroke) if isinstance(each, Stroke) and each.look == "ln")
    (left, low), (right, high) = ln.points
    assert blob.x == (left + right) / 2
    assert blob.y == (low + high) / 2


@pytest.mark.parametrize("repetitions", [6, 12, 13, 60])
def test_the_labels_of_many_repetitions_do_not_touch(repetitions: int) -> None:
    plan = a_plan(a_group(("function",)))
    known = outcomes(plan, {"eager": 0.04, "eager-again": 0.04, "function": 0.02}, repetitions)
    (group,) = analyse(plan, known).groups
    for width, most in ((WIDE, 8), (NARROW, 4)):
        labels = [text for text in texts(timing.timeline(group)(width)) if text.startswith("rep. ")]
        assert 0 < len(labels) <= most
