"""The main question: what should I use? One recommendation, its reasons, and how sure it is."""

from dataclasses import dataclass

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Verdict
from bench.modes import row
from bench.report.form.wording import control, in_steps, short_cases, speedup_interval
from bench.report.questions.asking import WORDS, Answer, Known, by_group, fallen, run_command, unknown, versus
from bench.report.speeds import over_time, this_run


def what_to_use(known: Known) -> Answer:
    """The simplest of the modes that nothing is faster than."""
    return by_group(
        known.run,
        "What should I use?",
        lambda group: _advice(known, group),
        "there is nothing to choose between",
        run_command(known.run, "eager,graph,function,xla"),
    )


@dataclass(frozen=True, slots=True)
class Recommended:
    """A recommendation. `tied`: the other modes that nothing beats; `faster` where the baseline is beaten."""

    chosen: CaseResult
    tied: tuple[CaseResult, ...]
    faster: bool


def choose(group: GroupResult) -> Recommended | None:
    """Among the modes that nothing was shown to beat, the one that needs the fewest code changes.

    None without one, and where a single repetition gives no verdict.
    """
    judged = [result for result in group.of_one_family if this_run(result)]
    if not group.baseline.valid or not judged or without_verdict(group):
        return None
    faster = [result for result in judged if result.comparison and result.comparison.verdict.faster]
    if not faster:
        same = [result for result in judged if result.comparison and result.comparison.verdict is Verdict.SAME]
        return _least([group.baseline, *same], faster=False)
    unbeaten = [result for result in faster if not any(_behind(group, other, result) for other in faster)]
    return _least(unbeaten or [max(faster, key=_centre)], faster=True)


def without_verdict(group: GroupResult) -> bool:
    """Whether modes were compared, but each in one repetition only."""
    compared = [r.comparison.verdict for r in group.candidates if r.comparison and r.comparison.ratio]
    return bool(compared) and all(verdict is Verdict.NONE for verdict in compared)


def recommended(group: GroupResult) -> CaseResult | None:
    """The mode to use; None if unknown."""
    choice = choose(group)
    return choice.chosen if choice else None


def _least(results: list[CaseResult], faster: bool) -> Recommended:
    chosen = min(results, key=_asks)
    return Recommended(chosen, tuple(result for result in results if result is not chosen), faster)


def _advice(known: Known, group: GroupResult) -> str:
    others, choice = fallen(group), choose(group)
    if without_verdict(group):
        return f"{WORDS[Verdict.NONE]}."
    if not choice:
        return unknown(others)
    left_out = [f"Left out: {'; '.join(others)}."] if others else []
    sentences = _of_faster(group, choice) if choice.faster else [_of_none_faster(group, choice)]
    return " ".join([*sentences, *left_out, _sure(known, group)])


def _of_none_faster(group: GroupResult, choice: Recommended) -> str:
    """The baseline, or an equally fast mode that needs fewer code changes."""
    judged = [result for result in group.of_one_family if this_run(result)]
    base = group.baseline.title
    less = "" if choice.chosen is group.baseline else f"; it is as fast as {base} and needs fewer code changes"
    return f"**{choice.chosen.title}**: no mode is shown to be faster ({'; '.join(map(_ratio, judged))}){less}."


def _asks(result: CaseResult) -> int:
    """How much a mode asks of the code, compared with others."""
    return row(result.case.mode).effort


def _of_faster(group: GroupResult, choice: Recommended) -> list[str]:
    base, chosen = group.baseline.title, choice.chosen
    sentences = [f"**{chosen.title}**: {_times(chosen)} vs {base}{_from_when(chosen, base)}."]
    if choice.tied:
        named = "; ".join(map(_ratio, choice.tied))
        told = "Of the modes not told apart from the fastest it needs the fewest code changes"
        sentences.append(f"{told}: {named} (vs {base}).")
    behind = [r for r in group.of_one_family if r.valid and r not in (chosen, *choice.tied) and r.comparison]
    return [*sentences, f"The others: {'; '.join(map(_ratio, behind))} (vs {base})."] if behind else sentences


def _from_when(chosen: CaseResult, baseline: str) -> str:
    even = chosen.break_even and chosen.break_even.steps
    if not even:
        return ""
    roughly = "roughly " * bool(chosen.break_even and chosen.break_even.rough)
    return f", for trainings of more than {roughly}{in_steps(even.high or even.centre)} ({baseline} for shorter ones)"


def _behind(group: GroupResult, other: CaseResult, result: CaseResult) -> bool:
    if result is other:
        return False
    compared = versus(group, other, result)
    return bool(compared and compared.verdict.slower)


def _sure(known: Known, group: GroupResult) -> str:
    """How far the recommendation carries."""
    blocks = known.run.fewest_blocks
    much = "An indication only" if not known.run.enough else "Sure for this machine, model and batch"
    itself = f", A/A control {control(group.control_ratio)}" if group.control_ratio else ""
    synthetic = ", on synthetic images" if known.run.plan.synthetic else ""
    few = blocks < ENOUGH_BLOCKS
    many = f"{blocks} of the {ENOUGH_BLOCKS} repetitions a claim needs" if few else f"{blocks} repetitions"
    repetitions = f"{many}{short_cases(known.run)}"
    return f"{much}: {repetitions}{itself}{synthetic}; other sizes need their own run."


def _ratio(result: CaseResult) -> str:
    return f"{result.title} {_times(result)}"


def _times(result: CaseResult) -> str:
    return speedup_interval(over_time(result))


def _centre(result: CaseResult) -> float:
    ratio = over_time(result)
    return ratio.centre if ratio else 0.0
