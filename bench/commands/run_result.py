"""What the terminal says of a run: its table for each group, then the verdict, how sure it is, warnings, the page."""

from collections.abc import Sequence

from bench.analysis.learning import Learning
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Summary, Verdict
from bench.commands.grid import TerminalTable
from bench.report.form.wording import (
    break_even,
    ends,
    interval,
    number,
    slower,
    speedup,
    speedup_interval,
    without_steps,
)
from bench.report.questions import advice
from bench.report.questions.asking import found, versus
from bench.report.sections.headline import known_first
from bench.report.sections.learning_tables import accuracy
from bench.report.sections.steady import verdict_of

TITLES = (
    "mode", "speedup", "over time", "this run", "step ms", "start-up s", "break-even", "accuracy", "images/s", "verdict"
)  # fmt: skip
ORDER = (
    "mode", "speedup", "verdict", "step ms", "over time", "accuracy", "break-even", "start-up s", "this run", "images/s"
)  # fmt: skip
MOST_WARNINGS = 3
DECISIONS = ("Use ", "Keep ", "Likely: use ")  # how the line begins that says what to do
XLA = ("function", "xla")  # the same step, traced only and compiled


def title(run: Run, group: GroupResult) -> str:
    """What the table is of: the workload, the versions, the machine."""
    measured = next((m.environment for r in group.cases for m in r.measurements), None)
    if measured is None:
        return group.title
    device = measured.gpu if group.baseline.case.device != "cpu" and measured.gpu else measured.cpu
    cores = f"{measured.cores} core{'s' * (measured.cores != 1)}"
    return f"{group.title}; TensorFlow {measured.tensorflow}; {device}, {cores}{run.label}"


def table(group: GroupResult, trainings: Learning | None) -> TerminalTable:
    """The modes, fastest first; those without a speedup after them."""
    shown = sorted((r for r in group.cases if not r.case.again), key=lambda r: -_rank(group, r))
    chosen = advice.recommended(group)
    picked = frozenset(number for number, r in enumerate(shown) if r is chosen)
    rows = [_row(group, r, trainings) for r in shown]
    used = [at for at in range(len(TITLES)) if at == 0 or any(row[at] for row in rows)]
    titles = [TITLES[at] for at in used]
    return TerminalTable(titles, [[row[at] for at in used] for row in rows], ORDER, picked)


def _rank(group: GroupResult, result: CaseResult) -> float:
    if result is group.baseline:
        return 1.0 if result.valid else -1.0
    ratio = over_time(result)
    return ratio.centre if ratio else -1.0


def over_time(result: CaseResult) -> Summary | None:
    """The speedup with the interval that the verdict speaks of."""
    return (result.comparison and (result.comparison.over_time or result.comparison.ratio)) or None


def _row(group: GroupResult, result: CaseResult, trainings: Learning | None) -> list[str]:
    ratio, this_run = over_time(result), (result.comparison and result.comparison.ratio) or None
    turned = bool(ratio) and slower(ratio) if ratio else False
    step, start, images = (result.summary(metric) for metric in ("step", "startup", "images"))
    return [
        result.title,
        "1x" if result is group.baseline and result.valid else speedup(ratio) if ratio else "",
        ends(ratio, turned),
        ends(this_run, turned),
        number(1e3 * step.centre) if step else "",
        number(start.centre) if start else "",
        without_steps(break_even(result.break_even)) if result.break_even else "",
        _accuracy(result, trainings),
        number(images.centre) if images else "",
        verdict(group, result),
    ]


def verdict(group: GroupResult, result: CaseResult) -> str:
    """In a word; a case that failed is said to have, not only that it cannot be compared."""
    word = verdict_of(group, result)[0]
    failed = result.failures and not result.measurements and not result.refused
    return "FAILED" if failed and word == Verdict.NOT_COMPARABLE.value else word


def _accuracy(result: CaseResult, trainings: Learning | None) -> str:
    learned = [m for m in trainings.modes if m.mode == result.case.mode] if trainings else []
    same_model = trainings is not None and trainings.plan.training.model == result.case.workload.model
    return accuracy(learned[0]) if learned and same_model and learned[0].mean is not None else ""


def verdict_lines(run: Run, group: GroupResult) -> list[str]:
    """What is to be known first, what to use, whether XLA pays, how sure that is."""
    chosen = advice.recommended(group)
    if group.baseline.not_available:
        return [f"{group.baseline.case.device.upper()} NOT AVAILABLE: {group.baseline.not_available}"]
    if advice.without_verdict(group):
        return ["No verdict: one repetition gives no interval."]
    if chosen is None:
        return [f"No comparison: {_why_none(group)}."]
    first = known_first(run, group, group.candidates if chosen is group.baseline else [chosen])
    words = [text.replace("**", "") for text in first]
    return [*words, _use(group, chosen), *_on_xla(group, chosen), f"How sure: {_sure(run, group)}."]


def _use(group: GroupResult, chosen: CaseResult) -> str:
    base = group.baseline.title
    if chosen is group.baseline:
        best = max((r for r in group.of_one_family if over_time(r)), key=lambda r: _rank(group, r))
        return f"Keep {base}: no mode was shown to be faster ({best.title} {speedup_interval(over_time(best))})."
    comparison = chosen.comparison
    assert comparison
    likely = "Likely: use" if comparison.rough else "Use"
    if not comparison.verdict.faster:
        return f"{likely} {chosen.title}: as fast as {base}, {speedup_interval(comparison.ratio)}, and simpler."
    even = (
        f"; break-even after {break_even(chosen.break_even)}" if chosen.break_even and chosen.break_even.steps else ""
    )
    return f"{likely} {chosen.title}: {_against(chosen, base)}{even}.{_why_not_the_fastest(group, chosen)}"


def _against(result: CaseResult, base: str) -> str:
    ratio = over_time(result)
    assert ratio
    return f"{speedup(ratio)} vs {base} {ends(ratio, slower(ratio))}".rstrip()


def _why_not_the_fastest(group: GroupResult, chosen: CaseResult) -> str:
    faster = [r for r in group.of_one_family if r.valid and _rank(group, r) > _rank(group, chosen)]
    names = ", ".join(r.title for r in faster)
    return f" Not shown to be slower than {names}; it needs fewer code changes." if faster else ""


def _on_xla(group: GroupResult, chosen: CaseResult) -> list[str]:
    """XLA's step against the same step without it, where both were measured."""
    traced, compiled = (found(group, mode) for mode in XLA)
    compared = versus(group, traced, compiled) if traced and compiled else None
    if not compared or not compared.ratio or not traced or compiled is chosen:
        return []
    ratio, likely = compared.over_time or compared.ratio, "likely " * compared.rough
    if compared.verdict.slower:
        return [f"XLA {likely}does not pay here: {speedup_interval(ratio)} than {traced.title}."]
    if compared.verdict.faster:
        return [f"XLA {likely}pays here: {speedup_interval(ratio)} vs {traced.title}."]
    return [f"XLA changes nothing that could be shown: {speedup_interval(ratio)} vs {traced.title}."]


def _sure(run: Run, group: GroupResult) -> str:
    blocks = run.fewest_blocks
    few = f" (fewer than the {ENOUGH_BLOCKS} that a claim needs)" if blocks < ENOUGH_BLOCKS else ""
    parts = [f"{blocks} repetition{'s' * (blocks != 1)}{few}"]
    if group.control_ratio:
        parts.append(f"A/A control {interval(group.control_ratio, sign='x')}")
    spreads = {r.comparison.spread for r in group.candidates if r.comparison and r.comparison.spread}
    if spreads:
        widest = max(spreads, key=lambda spread: spread.tau)
        parts.append(f"run-to-run spread {100 * widest.tau:.1f} % ({widest.source})")
    return "; ".join(parts)


def _why_none(group: GroupResult) -> str:
    if not group.candidates:
        return "only the baseline was asked for"
    if not group.of_one_family and any(result.valid for result in group.candidates):
        return "only other frameworks were measured beside the baseline, and they have a section of their own"
    reasons = [f"{r.title}: {r.comparison.reason}" for r in group.cases if r.comparison and r.comparison.reason]
    return "; ".join(reasons[:2]) or f"{group.baseline.title}, the baseline, has no valid measurement"


def warnings(run: Run, of_machine: Sequence[str]) -> list[str]:
    """The first of them; the page has all."""
    of_cases = [
        f"{result.title}: {text}"
        for _, result in run.rows()
        for text in (*(result.comparison.warnings if result.comparison else ()), *result.warnings)
        if not result.case.again
    ]
    every = [*of_machine, *dict.fromkeys(of_cases)]
    more = len(every) - MOST_WARNINGS
    return [*every[:MOST_WARNINGS], *([f"{more} more, in the report"] if more > 0 else [])]
