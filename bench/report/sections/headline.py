"""The headline: one sentence a person can repeat for each group, and what it cannot claim."""

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Summary, Verdict
from bench.report.form.document import Section
from bench.report.form.wording import indication, interval, repaid, whose_blocks

MOST_LINES = 5  # of those that do not count, named


def section(run: Run) -> Section:
    """The sentences, then how far they may be trusted."""
    return Section("In one sentence", (*sentences(run), *caveats(run)))


def sentences(run: Run) -> list[str]:
    """One sentence a group, and one for each device that was not there."""
    here = [_sentence(run, group) for group in run.groups if not group.baseline.not_available]
    return [*here, *(f"**{device.upper()} NOT AVAILABLE**: {reason}" for device, reason in run.absent.items())]


def _sentence(run: Run, group: GroupResult) -> str:
    judged = [result for result in _in_order(group) if result.comparison and result.comparison.ratio]
    where = f"On this machine ({group.title}{', synthetic images' if run.plan.synthetic else ''})"
    if not judged:
        return f"{where} there is no comparison: {_why_none(group)}."
    words = f" runs this step {{}} as fast as {group.baseline.title}"
    clauses = [_clause(judged[0], words), *(_clause(result, " {}") for result in judged[1:])]
    sentence = f"{where} {'; '.join(clauses)}."
    return sentence if run.enough else f"{indication(run)} {sentence}"


def _in_order(group: GroupResult) -> list[CaseResult]:
    """tf.function first: it is what people ask about."""
    return sorted(group.candidates, key=lambda result: result.case.mode != "function")


def _clause(result: CaseResult, words: str) -> str:
    assert result.comparison
    clause = f"**{result.title}**" + words.format(interval(result.comparison.ratio, sign="x"))
    if result.comparison.verdict is Verdict.UNCERTAIN:
        return f"{clause} ({'no difference shown' if _contains_1(result.comparison.ratio) else 'not certain'})"
    if result.comparison.verdict is not Verdict.FASTER:
        return f"{clause} ({result.comparison.verdict.value.lower()})"
    if result.break_even and result.break_even.steps:
        return f"{clause} and repays its dearer start after {repaid(result.break_even)}"
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
    found = []
    if run.left_out:
        found.append(f"**{_lines(len(run.left_out))} of this run's files do not count**: {_left_out(run)}.")
    if slowed := [result.title for _, result in run.rows() if result.case.slowdown]:
        found.append(f"**Slowed on purpose**, so no measurement of these modes: {', '.join(dict.fromkeys(slowed))}.")
    if not run.enough:
        found.append(
            f"What this run cannot claim: with {run.fewest_blocks} blocks{whose_blocks(run)} no difference reaches "
            f"p < 0.05 by sign (that takes {ENOUGH_BLOCKS}), and the intervals lean on the normal distribution. Type "
            "`cifar-bench run --preset standard` for a result to quote."
        )
    if run.plan.synthetic:
        found.append(
            "The images are **synthetic** (CIFAR-10's form, made from a seed): times carry over to real images of the "
            "same size, losses do not. Give `--data FOLDER` for real ones."
        )
    return found


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count > 1)}"


def _left_out(run: Run) -> str:
    told = "; ".join(line.text for line in run.left_out[:MOST_LINES])
    more = len(run.left_out) - MOST_LINES
    return f"{told}; and {more} more" if more > 0 else told
