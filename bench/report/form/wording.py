"""How reports write numbers: their digits, units and intervals, and that a run has too few blocks."""

import re

from bench.analysis.results import Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, BreakEven, Summary

VERY_UNCERTAIN = 100  # an interval whose ends are so many times apart is not written out


def number(value: float) -> str:
    """Three significant digits, no exponent: 0.0123, 4.57, 28.1, 2,340."""
    if value == 0:
        return "0"
    digits = max(0, 2 - _magnitude(value))
    return f"{value:,.{digits}f}"


def interval(summary: Summary | None, scale: float = 1.0, sign: str = "") -> str:
    """'28.1 [27.6, 28.7]', scaled; without brackets where one block gives no interval; a dash for None."""
    if summary is None:
        return "–"
    centre = number(summary.centre * scale) + sign
    if summary.low is None or summary.high is None:
        return centre
    return f"{centre} [{number(summary.low * scale)}, {number(summary.high * scale)}]"


def slower(ratio: Summary) -> bool:
    """Whether a speedup is written the other way round: its whole interval lies below 1."""
    return (ratio.centre if ratio.high is None else ratio.high) < 1


def speedup(ratio: Summary | None) -> str:
    """'1.93x', or '71x slower' where the whole interval lies below 1; a dash for None."""
    if ratio is None:
        return "–"
    return f"{_times(1 / ratio.centre)}x slower" if slower(ratio) else f"{_times(ratio.centre)}x"


def ends(ratio: Summary | None, turned: bool = False) -> str:
    """A speedup's interval, '[1.85, 2.02]'; `turned` as how many times slower; '' without one."""
    if ratio is None or ratio.low is None or ratio.high is None:
        return ""
    low, high = (1 / ratio.high, 1 / ratio.low) if turned else (ratio.low, ratio.high)
    return f"[{_times(low)}, {_times(high)}]"


def speedup_interval(ratio: Summary | None) -> str:
    """'1.93x [1.85, 2.02]', '71x slower [41, 121]'; a dash for None."""
    if ratio is None:
        return "–"
    return f"{speedup(ratio)} {ends(ratio, slower(ratio))}".rstrip()


Sides = tuple[str, str]  # the words for a cost that grew and for one that shrank
OF_TIME: Sides = ("slower", "faster")


def change(ratio: Summary, sides: Sides = OF_TIME) -> str:
    """The change of a cost in per cent, from a ratio (above 1: it shrank): '4.7 % slower', '0.3 % faster'."""
    return _grown(1 / ratio.centre - 1, sides[ratio.centre >= 1])


def change_ends(ratio: Summary) -> str:
    """Its interval on the same scale and to the same side: '[3.6, 5.8]'; '' without one."""
    if ratio.low is None or ratio.high is None:
        return ""
    side = 1 if ratio.centre < 1 else -1
    low, high = sorted((100 * side * (1 / ratio.high - 1), 100 * side * (1 / ratio.low - 1)))
    return f"[{low:.1f}, {high:.1f}]".replace("-", "−")


def change_interval(ratio: Summary | None, sides: Sides = OF_TIME) -> str:
    """'4.7 % slower [3.6, 5.8]'; a dash for None."""
    return f"{change(ratio, sides)} {change_ends(ratio)}".rstrip() if ratio else "–"


def times(ratio: Summary | None) -> str:
    """'1.31x'; a dash for None."""
    return f"{_times(ratio.centre)}x" if ratio else "–"


def cost_interval(ratio: Summary | None) -> str:
    """How many times as much it costs, from a ratio (above 1: less): '1.31x [1.28, 1.34]'; a dash for None."""
    return control(ratio.inverse) if ratio else "–"


def control(ratio: Summary | None) -> str:
    """The A/A control's ratio, never turned round: '1.00x [0.96, 1.04]'."""
    return f"{_times(ratio.centre)}x {ends(ratio)}".rstrip() if ratio else "–"


def _grown(share: float, word: str) -> str:
    return f"{abs(100 * share):.1f} % {word}"


def _times(ratio: float) -> str:
    """A ratio with two decimals, from ten on with none."""
    return f"{ratio:.2f}" if ratio < 9.995 else f"{ratio:,.0f}"


def percent(share: float, low: float | None = None, high: float | None = None) -> str:
    """A share as '5.1 % [4.6, 5.7]'; without brackets where there is no interval."""
    words = f"{100 * share:.2f} %"
    return words if low is None or high is None else f"{words} [{100 * low:.2f}, {100 * high:.2f}]"


def break_even(even: BreakEven | None) -> str:
    """When a longer start-up is recovered: '66 steps [51, 85]', 'never', 'at once', each with '(rough)' if it is."""
    if even is None:
        return "–"
    rough = " (rough)" * even.rough
    if even.steps is None:
        return f"{even.text}{rough}"
    steps = even.steps
    centre = in_steps(steps.centre)
    if steps.low is None or steps.high is None:
        return centre
    if steps.high > VERY_UNCERTAIN * steps.low:
        return f"{centre} (very uncertain)"
    return f"{centre} [{count(steps.low)}, {count(steps.high)}]{rough}"


def count(value: float) -> str:
    """A whole number of steps; from a hundred on with two significant digits."""
    whole = max(1, round(value))
    return f"{whole if whole < 100 else round(whole, 1 - _magnitude(whole)):,}"


def in_steps(value: float) -> str:
    """'66 steps', '1 step'."""
    words = count(value)
    return f"{words} step{'s' * (words != '1')}"


def without_steps(words: str) -> str:
    """A break-even under a heading that says steps: '66 [51, 85]'."""
    return re.sub(r" steps?\b", "", words)


def calls_a_step(value: float) -> str:
    """Calls a step: '83 calls', '1 call', '0.33 calls' where one call takes several steps."""
    text = f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
    return f"{text} call{'s' * (text != '1')}"


def indication(run: Run) -> str:
    """The words before claims for which a run has too few blocks: 'An indication from 5 of 6 repetitions (XLA):'."""
    return f"An indication from {run.fewest_blocks} of {ENOUGH_BLOCKS} repetitions{short_cases(run)}:"


def short_cases(run: Run) -> str:
    """The cases that have the fewest blocks, where the run as a whole has more: ' (XLA)', else ''."""
    short = [(group, result) for group, result in run.rows() if result.blocks == run.fewest_blocks < run.blocks]
    titles = [f"{group.title}, {result.title}" if len(run.groups) > 1 else result.title for group, result in short]
    return f" ({'; '.join(titles)})" if titles else ""


def grouping(run: Run) -> str:
    """The key of the rows under whose values a table's rows stand: the case, in a run of several."""
    return "group" if len(run.groups) > 1 else ""


def mib(value: float | None) -> str:
    """Bytes as MiB."""
    return "–" if value is None else f"{value / 2**20:,.0f}"


def _magnitude(value: float) -> int:
    return int(f"{abs(value):e}".partition("e")[2])
