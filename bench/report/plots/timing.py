"""The figures of a timed run: speedups, and every slice in the order measured."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import Summary
from bench.report.form.wording import ends, number, slower, speedup
from bench.report.plots.axes import Scale, ratio_label, ratio_ticks
from bench.report.plots.forest import Ends, ForestRow, Ruler, forest
from bench.report.plots.look import family
from bench.report.plots.scene import NARROW, Blob, Dots, Drawing, Scene, Shape, Stroke, Together, Words
from bench.report.speeds import over_time, this_run

SLOWEST = 0.5  # a mode more than twice as slow is an arrow: it would squeeze all others into a corner
OFF = 0.7  # a slice this share above or below the mode's median is drawn at the strip's edge
_STRIP, _NARROW_STRIP = 34.0, 52.0


def speedups(group: GroupResult, picked: str = "") -> Drawing:
    """A row for each mode, best first, with both intervals; grey: the A/A control. `picked`: the advised arm."""
    rows = [_speed(result, picked) for result in group.candidates if this_run(result)]
    if control := group.control_ratio:
        words = f"{group.baseline.title}, A/A control"
        rows.append(_row(words, group.baseline.case.mode, control, control, faint=True))
    rows.sort(key=lambda row: -row.centre)
    return partial(forest, tuple(rows), _ruler(rows, group))


def _speed(result: CaseResult, picked: str) -> ForestRow:
    first, second = this_run(result), over_time(result)
    assert first and second
    return _row(result.title, result.case.mode, first, second, picked=result.case.arm == picked)


def _row(
    title: str, mode: str, first: Summary, second: Summary, picked: bool = False, faint: bool = False
) -> ForestRow:
    intervals = _ends(first), _ends(second)
    words = speedup(second), ends(second, slower(second))
    return ForestRow(title, family(mode), second.centre, *intervals, *words, picked=picked, faint=faint)


def _ends(ratio: Summary) -> Ends | None:
    return None if ratio.low is None or ratio.high is None else (ratio.low, ratio.high)


def _ruler(rows: Sequence[ForestRow], group: GroupResult) -> Ruler:
    """From at most twice as slow to a little above the best; never as far as an outlier."""
    reached = [end for row in rows for end in (row.centre, *(row.thin or ())) if end >= SLOWEST]
    low, high = max(SLOWEST, min([1.0, *reached]) / 1.08), 1.08 * max([1.0, *reached])
    ticks = tuple((tick, ratio_label(tick, group.baseline.title)) for tick in ratio_ticks(low, high))
    band = _ends(group.control_ratio) if group.control_ratio else None
    return Ruler(low, high, ticks, one=1.0, band=band)


@dataclass(frozen=True, slots=True)
class _Strip:
    """A mode's slices in the order measured: the place of each (block and round), and its share of the median."""

    title: str
    family: str
    median_s: float
    slices: tuple[tuple[float, float], ...]


def timeline(group: GroupResult) -> Drawing:
    """A strip for each mode: a dot a slice over repetitions and rounds, its height the difference from the median."""
    rounds = max((len(m.steady.by_round) for r in group.cases for m in r.measurements), default=1)
    blocks = sorted({m.block for r in group.cases for m in r.measurements})
    strips = tuple(_strip(result, blocks, rounds) for result in group.cases if result.valid and not result.case.again)
    return partial(_timeline, strips, tuple(blocks))


def _strip(result: CaseResult, blocks: Sequence[int], rounds: int) -> _Strip:
    steps = [(m.block, m.steady.by_round) for m in result.measurements]
    median = statistics.median([seconds for _, by_round in steps for seconds in by_round.values()])
    placed = tuple(
        (blocks.index(block) + (number + 0.5) / rounds, seconds / median - 1)
        for block, by_round in steps
        for number, seconds in by_round.items()
    )
    return _Strip(result.title, family(result.case.mode), median, placed)


def _timeline(strips: Sequence[_Strip], blocks: Sequence[int], width: int) -> Scene:
    narrow = width <= NARROW
    left = 0.0 if narrow else min(250.0, 7.0 * max((len(s.title) + 9 for s in strips), default=0))
    across = Scale(0, max(1, len(blocks)), left, width - (0 if narrow else 50))
    height = _NARROW_STRIP if narrow else _STRIP
    bottom = 20 + height * len(strips)
    shapes: list[Shape] = []
    every = max(1, math.ceil(len(blocks) / (4 if narrow else 8)))
    for place, block in enumerate(blocks):
        if place % every == 0:
            x = across.at(place)
            shapes += [Stroke(((x, 20), (x, bottom)), "grid"), Words(x + 4, 13, f"rep. {block + 1}", "f t")]
    if strips and not narrow:
        y = 20 + height / 2
        shapes += [
            Words(width - 44, y - 6, f"+{OFF:.0%}".replace("%", " %"), "f t"),
            Words(width - 44, y + 8, "median", "f t"),
        ]
    drawn = [_drawn(strip, across, 20 + height * number, height, narrow) for number, strip in enumerate(strips)]
    return Scene(width, bottom + 4, (*shapes, *drawn))


def _drawn(strip: _Strip, across: Scale, top: float, height: float, narrow: bool) -> Together:
    middle = top + height - 17 if narrow else top + height / 2
    up = Scale(-OFF, OFF, middle + 15, middle - 15)
    by_pixel = {round(across.at(x)): (across.at(x), up.at(share)) for x, share in strip.slices if abs(share) <= OFF}
    inside = tuple(by_pixel.values())  # no more dots than the eye can separate
    beyond = [Blob(across.at(x), up.at(share), "out", 3) for x, share in strip.slices if abs(share) > OFF]
    name = Words(0, top + 14 if narrow else middle + 4, f"{strip.title} {number(1e3 * strip.median_s)} ms")
    line = Stroke(((across.start, middle), (across.end, middle)), "grid")
    tip = (
        f"{strip.title}: median {number(1e3 * strip.median_s)} ms, {len(strip.slices)} slices, {len(beyond)} off scale"
    )
    return Together(strip.family, (name, line, Dots(inside), *beyond), tip)
