"""The headline: one sentence to quote for each group, and what the run cannot claim."""

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Summary, Verdict
from bench.report.form.wording import break_even, indication, short_cases, speedup_interval
from bench.report.speeds import over_time

MOST_LINES = 5  # of those that do not count, named


def sentences(run: Run) -> list[str]:
    """One sentence for each group, and one for each device that is not available."""
    measured = [_sentence(run, group) for group in run.groups if not group.baseline.not_available]
    return [*measured, *(f"**{device.upper()} NOT AVAILABLE**: {reason}" for device, reason in run.absent.items())]


def _sentence(run: Run, group: GroupResult) -> str:
    compared = [result for result in _in_order(group) if result.comparison and result.comparison.ratio]
    where = f"On this machine ({group.title}{', synthetic images' if run.plan.synthetic else ''})"
    if not compared:
        return f"{where} there is no comparison: {_why_none(group)}."
    words = f": {{}} vs {group.baseline.title}"
    clauses = [_clause(compared[0], words), *(_clause(result, ": {}") for result in compared[1:])]
    sentence = f"{where} {'; '.join(clauses)}."
    return sentence if run.enough else f"{indication(run)} {sentence}"


def _in_order(group: GroupResult) -> list[CaseResult]:
    """The candidates with tf.function first, which most readers ask about."""
    return sorted(group.candidates, key=lambda result: result.case.mode != "function")


def _clause(result: CaseResult, words: str) -> str:
    assert result.comparison
    clause = f"**{result.title}**" + words.format(speedup_interval(over_time(result)))
    if result.comparison.verdict is Verdict.UNCERTAIN:
        return f"{clause} ({'no difference shown' if _contains_1(result.comparison.ratio) else 'not certain'})"
    if result.comparison.verdict is not Verdict.FASTER:
        return f"{clause} ({result.comparison.verdict.value.lower()})"
    if result.break_even and result.break_even.steps:
        return f"{clause} ; break-even after {break_even(result.break_even)}"
    return clause


def _contains_1(ratio: Summary | None) -> bool:
    return ratio is None or ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high


def _why_none(group: GroupResult) -> str:
    if not group.candidates:
        return "only the baseline was asked for"
    titles: dict[str, list[str]] = {}
    for result in group.candidates:
        if result.comparison and result.comparison.reason:
            titles.setdefault(result.comparison.reason, []).append(result.title)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in titles.items())


def caveats(run: Run) -> list[str]:
    """What the run cannot claim, in paragraphs."""
    paragraphs = []
    if run.left_out:
        lines = f"{len(run.left_out)} line{'s' * (len(run.left_out) > 1)}"
        paragraphs.append(f"**{lines} of this run's files do not count**: {_left_out(run)}.")
    if slowed := [result.title for _, result in run.rows() if result.case.slowdown]:
        titles = ", ".join(dict.fromkeys(slowed))
        paragraphs.append(f"**Slowed on purpose**, so no measurement of these modes: {titles}.")
    if not run.enough:
        paragraphs.append(
            f"What this run cannot claim: with {run.fewest_blocks} blocks{short_cases(run)} no difference reaches "
            f"p < 0.05 by sign (that takes {ENOUGH_BLOCKS}), and the intervals lean on the normal distribution. Type "
            "`cifar-bench run --preset standard` for a result to quote."
        )
    if run.plan.synthetic:
        paragraphs.append(
            "The images are **synthetic** (CIFAR-10's form, made from a seed): times carry over to real images of the "
            "same size, losses do not. Give `--data FOLDER` for real ones."
        )
    return paragraphs


def _left_out(run: Run) -> str:
    named = "; ".join(line.text for line in run.left_out[:MOST_LINES])
    more = len(run.left_out) - MOST_LINES
    return f"{named}; and {more} more" if more > 0 else named
