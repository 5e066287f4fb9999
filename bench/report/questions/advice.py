"""The main question: what should I use? One recommendation, its reasons, and how sure it is."""

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Verdict
from bench.modes import row
from bench.report.form.wording import count, interval, short_cases
from bench.report.questions.asking import Answer, Known, by_group, fallen, run_command, unknown, versus
from bench.report.sections.steady import aa_difference


def what_to_use(known: Known) -> Answer:
    """The simplest of the modes that nothing is faster than."""
    return by_group(
        known.run,
        "What should I use?",
        lambda group: _advice(known, group),
        "there is nothing to choose between",
        run_command(known.run, "eager,graph,function,xla"),
    )


def _advice(known: Known, group: GroupResult) -> str:
    judged, others = [r for r in group.candidates if r.comparison and r.comparison.ratio], fallen(group)
    if not group.baseline.valid or not judged:
        return unknown(others)
    faster = [r for r in judged if r.comparison and r.comparison.verdict.faster]
    left_out = [f"Left out: {'; '.join(others)}."] if others else []
    recommendation = _of_faster(group, faster) if faster else [_of_none_faster(group, judged)]
    return " ".join([*recommendation, *left_out, _sure(known, group)])


def recommended(group: GroupResult) -> CaseResult | None:
    """The mode to use: of those that nothing was shown to beat the one that asks least of the code; None if unknown."""
    judged = [r for r in group.candidates if r.comparison and r.comparison.ratio]
    if not group.baseline.valid or not judged:
        return None
    if faster := [r for r in judged if r.comparison and r.comparison.verdict.faster]:
        return min(_unbeaten(group, faster), key=_asks)
    same = [r for r in judged if r.comparison and r.comparison.verdict is Verdict.SAME]
    return min([group.baseline, *same], key=_asks)


def _unbeaten(group: GroupResult, faster: list[CaseResult]) -> list[CaseResult]:
    unbeaten = [r for r in faster if not any(_behind(group, other, r) for other in faster)]
    return unbeaten or [max(faster, key=_centre)]


def _of_none_faster(group: GroupResult, judged: list[CaseResult]) -> str:
    """The baseline, or an equally fast mode that asks less of the code."""
    same = [r for r in judged if r.comparison and r.comparison.verdict is Verdict.SAME]
    chosen = min([group.baseline, *same], key=_asks)
    less = "" if chosen is group.baseline else f", and of what is as fast as {group.baseline.title} it asks least"
    return f"**{chosen.title}**, for nothing was shown to be faster ({'; '.join(map(_ratio, judged))}){less}."


def _of_faster(group: GroupResult, faster: list[CaseResult]) -> list[str]:
    """The mode with the least effort among those that no other beats; else the one with the highest ratio."""
    as_fast = _unbeaten(group, faster)
    chosen = min(as_fast, key=_asks)
    return _reasons(group, chosen, [r for r in as_fast if r is not chosen])


def _asks(result: CaseResult) -> int:
    """How much a mode asks of the code, compared with others."""
    return row(result.case.mode).effort


def _reasons(group: GroupResult, chosen: CaseResult, others: list[CaseResult]) -> list[str]:
    base = group.baseline.title
    sentences = [f"**{chosen.title}**: {_times(chosen)} as fast as {base}{_from_when(chosen, base)}."]
    if others:
        named = "; ".join(map(_ratio, others))
        sentences.append(
            f"Of those that nothing was shown to beat it asks least of the code: {named} (against {base})."
        )
    behind = [r for r in group.candidates if r.valid and r not in (chosen, *others) and r.comparison]
    return [*sentences, f"Behind it: {'; '.join(map(_ratio, behind))} (against {base})."] if behind else sentences


def _from_when(chosen: CaseResult, baseline: str) -> str:
    even = chosen.break_even and chosen.break_even.steps
    if not even:
        return ""
    roughly = "roughly " * bool(chosen.break_even and chosen.break_even.rough)
    return (
        f", for trainings of more than {roughly}{count(even.high or even.centre)} steps ({baseline} for shorter ones)"
    )


def _behind(group: GroupResult, other: CaseResult, result: CaseResult) -> bool:
    if result is other:
        return False
    compared = versus(group, other, result)
    return bool(compared and compared.verdict.slower)


def _sure(known: Known, group: GroupResult) -> str:
    """How far the recommendation carries."""
    blocks = known.run.fewest_blocks
    much = "An indication only" if not known.run.enough else "Sure for this machine, model and batch"
    floor = f", {difference}" if (difference := aa_difference(group)) else ""
    synthetic = ", on synthetic images" if known.run.plan.synthetic else ""
    least = f" of the {ENOUGH_BLOCKS} a claim needs" if blocks < ENOUGH_BLOCKS else ""
    return f"{much}: {blocks} blocks{least}{short_cases(known.run)}{floor}{synthetic}; other sizes need their own run."


def _ratio(result: CaseResult) -> str:
    return f"{result.title} {_times(result)}"


def _times(result: CaseResult) -> str:
    return interval(result.comparison.over_time if result.comparison else None, sign="x")


def _centre(result: CaseResult) -> float:
    return result.comparison.ratio.centre if result.comparison and result.comparison.ratio else 0.0
