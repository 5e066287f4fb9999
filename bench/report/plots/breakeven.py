"""The figure of break-evens: seconds saved over training steps, near the steps that recover the start-up cost."""

from collections.abc import Sequence
from functools import partial

from bench.analysis.results import CaseResult, GroupResult
from bench.report.form.wording import VERY_UNCERTAIN, break_even
from bench.report.plots.axes import Scale, even_ticks
from bench.report.plots.lines import ChartLine, LinePoint, Panel, panels
from bench.report.plots.look import dashes, family
from bench.report.plots.scene import Drawing

APART = 12  # break-evens so many times apart do not share a panel: the smaller one would be invisible
BEYOND = 2.0  # a panel's axis ends at so many times its last break-even


def saved(group: GroupResult) -> Drawing:
    """A panel for each kind of break-even, start-ups of a kind together; a line crosses zero where it breaks even."""
    return partial(panels, tuple(_panel(group, together) for together in _kinds(group)))


def breaking_even(group: GroupResult) -> list[CaseResult]:
    """The modes that break even, the earliest first."""
    results = [r for r in group.candidates if r.break_even and r.break_even.steps and r.summary("startup")]
    return sorted(results, key=_steps)


def _steps(result: CaseResult) -> float:
    assert result.break_even and result.break_even.steps
    return result.break_even.steps.centre


def _kinds(group: GroupResult) -> list[list[CaseResult]]:
    kinds: list[list[CaseResult]] = []
    for result in breaking_even(group):
        if kinds and _steps(result) <= APART * max(1.0, _steps(kinds[-1][0])):
            kinds[-1].append(result)
        else:
            kinds.append([result])
    return kinds


def _panel(group: GroupResult, together: Sequence[CaseResult]) -> Panel:
    last = BEYOND * max(map(_steps, together))
    lines = tuple(_line(group.baseline, result, last) for result in together)
    ends = [point.y for line in lines for point in line.points]
    low, high = min(ends), max(ends)
    up = Scale(
        low - 0.25 * (high - low),
        high,
        0,
        1,
        ticks=tuple((t, f"{t:+g} s" if t else "0") for t in even_ticks(low, high)),
    )
    across = Scale(0, last, 0, 1, ticks=tuple((t, f"{t:,.0f}") for t in even_ticks(0, last) if t == round(t)))
    names = "training steps", f"seconds saved vs {group.baseline.title}"
    return Panel(lines, across, up, names, one=0.0)


def _line(baseline: CaseResult, result: CaseResult, last: float) -> ChartLine:
    """Through minus the extra start-up at no step and through zero at the break-even that is printed."""
    start, base = result.summary("startup"), baseline.summary("startup")
    even = result.break_even and result.break_even.steps
    assert start and base and even
    extra_s = max(start.centre - base.centre, 1e-9)
    points = (LinePoint(0, -extra_s), LinePoint(last, extra_s * (last / even.centre - 1)))
    known = even.low is not None and even.high is not None and even.high <= VERY_UNCERTAIN * even.low
    span = (even.low or 0.0, even.high or 0.0) if known else None
    words = f"{result.title}: break-even after {break_even(result.break_even)}"
    return ChartLine(result.title, family(result.case.mode), points, dashes(result.case.mode), False,
                     crossing=even.centre, span=span, tip=words)  # fmt: skip
