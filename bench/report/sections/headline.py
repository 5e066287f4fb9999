"""The headline: one sentence to quote for each group, and what the run cannot claim."""

from collections.abc import Sequence

from bench.analysis.clocks import Conflict, apart, conflict, overload, waiting
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Verdict
from bench.analysis.stats.run_spread import OWN_RUNS
from bench.report.form.document import Section
from bench.report.form.wording import (
    break_even,
    ends,
    indication,
    number,
    percent,
    short_cases,
    slower,
    speedup,
    speedup_interval,
)
from bench.report.questions.asking import listed

MOST_LINES = 5  # of those that do not count, named


def section(run: Run) -> Section:
    """The sentences."""
    return Section("In one sentence", tuple(sentences(run)), "A sentence to quote, with its conditions")


def sentences(run: Run) -> list[str]:
    """For each group what is to be known first, then one sentence; and one for each device that is not available."""
    groups = [group for group in run.groups if not group.baseline.not_available]
    measured = [text for group in groups for text in (*known_first(run, group), _sentence(run, group))]
    return [*measured, *(f"**{device.upper()} NOT AVAILABLE**: {reason}" for device, reason in run.absent.items())]


def known_first(run: Run, group: GroupResult, among: Sequence[CaseResult] | None = None) -> list[str]:
    """What a reader must know before the speedups: an overloaded machine, and CPU time that says something else.

    `among`: the candidates that it is about; all of the group's where none are named.
    """
    candidates = group.candidates if among is None else among
    where = f"{group.title}: " if len(run.groups) > 1 else ""
    texts = []
    if over := overload(run, group):
        texts.append(
            f"**{where}the machine was overloaded**: load {over.load:.3g} on {over.cores} cores, so wall times may "
            f"include other programs' work. {_in_cpu_time(candidates)}".rstrip()
        )
    else:
        texts += [f"**{where}{text}" for text in (*_reversed(group, candidates), *_waited(group, candidates))]
    return texts


def _reversed(group: GroupResult, among: Sequence[CaseResult]) -> list[str]:
    """Modes that win in wall time and lose in CPU time, and the other way round."""
    turned = [r for r in among if conflict(group.baseline, r) is Conflict.REVERSED]
    texts = []
    ways = (
        ("faster", "more", "; that may not help with fewer cores or beside other programs"),
        ("slower", "fewer", ""),
    )
    for shown, cores, hint in ways:
        if those := [r for r in turned if r.comparison and getattr(r.comparison.verdict, shown)]:
            likely = "likely " * any(r.comparison.rough for r in those if r.comparison)
            titles = listed([r.title for r in those])
            texts.append(
                f"{titles}: {likely}{shown} in wall time only.** {_in_cpu_time(those)} Reason: {cores} cores are kept "
                f"busy than by {group.baseline.title}{hint}."
            )
    return texts


def _waited(group: GroupResult, among: Sequence[CaseResult]) -> list[str]:
    """Modes whose speedup is partly one's waiting."""
    unlike = [r for r in among if conflict(group.baseline, r) is Conflict.WAITED]
    idle = waiting(group.baseline, *unlike) if unlike else []
    busy = [f"{r.title} {number(cores.centre)}" for r in idle if (cores := r.summary("cores"))]
    if not busy:
        return []
    return [
        f"Some modes waited while they were timed**, for other programs or for input: cores busy: {listed(busy)}. "
        f"{_in_cpu_time(unlike)}"
    ]


def in_cpu_time(result: CaseResult) -> str:
    """'1.69x [1.62, 1.77]' where the speedup in CPU time is another than in wall time; else ''."""
    comparison = result.comparison
    return speedup_interval(comparison.cpu) if comparison and comparison.cpu and apart(comparison) else ""


def _in_cpu_time(results: Sequence[CaseResult]) -> str:
    counted = [(r.title, r.comparison.cpu) for r in results if r.comparison and r.comparison.cpu]
    words = "; ".join(f"{title} {speedup_interval(cpu)}" for title, cpu in counted)
    return f"In CPU time: {words}." if words else ""


def _sentence(run: Run, group: GroupResult) -> str:
    compared = [result for result in _in_order(group) if result.comparison and result.comparison.ratio]
    where = f"On this machine ({group.title}{', synthetic images' if run.plan.synthetic else ''})"
    if not compared:
        return f"{where} there is no comparison: {_why_none(group)}."
    spread = f" Run-to-run spread {words}." if (words := spread_of(compared)) else ""
    sentence = f"{where} {'; '.join(_clause(group, result) for result in compared)}.{spread}"
    return sentence if run.enough else f"{indication(run)} {sentence}"


def _in_order(group: GroupResult) -> list[CaseResult]:
    """The candidates with tf.function first, which most readers ask about; other frameworks have their own section."""
    return sorted(group.of_one_family, key=lambda result: result.case.mode != "function")


def _clause(group: GroupResult, result: CaseResult) -> str:
    """'**tf.function** 1.93x vs eager (this run [1.87, 2.00], over time [1.85, 2.02])', and what follows from it."""
    comparison = result.comparison
    assert comparison and comparison.ratio and comparison.over_time
    if comparison.verdict is Verdict.NONE:
        return f"**{result.title}** was measured in one repetition, which gives no interval and no verdict"
    turned = slower(comparison.over_time)
    both = f"this run {ends(comparison.ratio, turned)}, over time {ends(comparison.over_time, turned)}"
    both += f", in CPU time {cpu}" if (cpu := in_cpu_time(result)) else ""
    clause = f"**{result.title}** {speedup(comparison.over_time)} vs {group.baseline.title} ({both})"
    if comparison.verdict is Verdict.UNCERTAIN:
        return f"{clause}: not certain, {comparison.reason}"
    even = result.break_even
    recovered = f", breaks even after {break_even(even)}" if even and even.steps and comparison.verdict.faster else ""
    said = "" if comparison.verdict is Verdict.FASTER else f": {comparison.verdict.value.lower()}"
    return f"{clause}{said}{recovered}"


def spread_of(compared: Sequence[CaseResult]) -> str:
    """The run-to-run spread in the intervals over time, where it comes from, and how to know it better; '' for none."""
    spreads = [r.comparison.spread for r in compared if r.comparison and r.comparison.over_time]
    known = {(spread.tau, spread.source): spread for spread in spreads if spread and spread.tau}
    texts = [f"{percent(spread.tau)} {spread.source}" for spread in known.values()]
    missing = max((OWN_RUNS - max(spread.runs, 1) for spread in known.values()), default=0)
    more = f": {missing} more runs here, over two hours or more, measure it" if missing > 0 else ""
    return f"{', '.join(texts)}{more}" if texts else ""


def _why_none(group: GroupResult) -> str:
    if not group.candidates:
        return "only the baseline was asked for"
    if not group.of_one_family and any(result.valid for result in group.candidates):
        return "only other frameworks were measured beside the baseline, and they have a section of their own"
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
        paragraphs.append(f"**Injected slowdown**, so no measurement of these modes: {titles}.")
    if run.blocks and not run.enough:
        paragraphs.append(
            f"What this run cannot claim: with {run.fewest_blocks} of the {ENOUGH_BLOCKS} repetitions that a claim "
            f"needs{short_cases(run)}, treat the intervals as rough. Type "
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
