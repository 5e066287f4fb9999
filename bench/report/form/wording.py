"""How reports write numbers: their digits, units and intervals, and that a run has too few blocks."""

from bench.analysis.results import Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, BreakEven, Summary


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


def ends(ratio: Summary | None) -> str:
    """A ratio's interval, '[1.85, 2.02]'; a dash without one."""
    if ratio is None or ratio.low is None or ratio.high is None:
        return "–"
    return f"[{number(ratio.low)}, {number(ratio.high)}]"


def percent(share: float, low: float | None = None, high: float | None = None) -> str:
    """A share as '5.1 % [4.6, 5.7]'; without brackets where there is no interval."""
    words = f"{100 * share:.2f} %"
    return words if low is None or high is None else f"{words} [{100 * low:.2f}, {100 * high:.2f}]"


def break_even(even: BreakEven | None) -> str:
    """When a longer start-up is recovered: '66 steps [51, 85]', 'never', 'at once'."""
    if even is None:
        return "–"
    if even.steps is None:
        return even.text
    steps = even.steps
    centre = f"{count(steps.centre)} steps"
    if steps.low is None or steps.high is None:
        return centre
    if steps.high > 100 * steps.low:
        return f"{centre} (very uncertain)"
    return f"{centre} [{count(steps.low)}, {count(steps.high)}]{' (rough)' * even.rough}"


def count(value: float) -> str:
    """A whole number of steps; from a hundred on with two significant digits."""
    whole = max(1, round(value))
    return f"{whole if whole < 100 else round(whole, 1 - _magnitude(whole)):,}"


def calls_a_step(value: float) -> str:
    """Calls a step: '83 calls', '1 call', '0.33 calls' where one call takes several steps."""
    text = f"{value:,.0f}" if value >= 10 else f"{value:.2g}"
    return f"{text} call{'s' * (text != '1')}"


def indication(run: Run) -> str:
    """The words before claims for which a run has too few blocks: 'An indication from 5 of 6 blocks (XLA):'."""
    return f"An indication from {run.fewest_blocks} of {ENOUGH_BLOCKS} blocks{short_cases(run)}:"


def short_cases(run: Run) -> str:
    """The cases that have the fewest blocks, where the run as a whole has more: ' (XLA)', else ''."""
    short = [(group, result) for group, result in run.rows() if result.blocks == run.fewest_blocks < run.blocks]
    titles = [f"{group.title}, {result.title}" if len(run.groups) > 1 else result.title for group, result in short]
    return f" ({'; '.join(titles)})" if titles else ""


def mib(value: float | None) -> str:
    """Bytes as MiB."""
    return "–" if value is None else f"{value / 2**20:,.0f}"


def _magnitude(value: float) -> int:
    return int(f"{abs(value):e}".partition("e")[2])
