"""The facts of a run's card: what must be known first, accuracy, break-even, XLA, ties, and what came to nothing."""

from collections.abc import Mapping, Sequence

from bench.analysis.clocks import Conflict, Overload, conflict, overload
from bench.analysis.learning import Learning
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.report.form.card import Fact, Sign
from bench.report.form.wording import break_even, in_steps, number, speedup_interval
from bench.report.questions.advice import Recommended
from bench.report.questions.asking import listed, versus
from bench.report.sections import headline
from bench.report.sections.learning_tables import difference, margin_of
from bench.report.sections.steady import verdict_of
from bench.report.speeds import over_time, this_run


def known_first(run: Run, group: GroupResult, chosen: CaseResult) -> list[Fact]:
    """That the machine was overloaded, or that CPU time contradicts wall time."""
    if not headline.known_first(run, group, [chosen]):
        return []
    cpu = chosen.comparison.cpu if chosen.comparison else None
    words = f"in CPU time {chosen.title} is {speedup_interval(cpu)}" if cpu else "see CPU time and memory"
    if over := overload(run, group):
        return [_overloaded(over, words)]
    turned = conflict(group.baseline, chosen) is Conflict.REVERSED
    likely = "likely " * bool(chosen.comparison and chosen.comparison.rough)
    only = f"It is {likely}faster in wall time only"
    title = only if turned else "It, or what it is compared with, waited while it was timed"
    return [Fact("warn", title, words)]


def known_first_of(run: Run, cases: Sequence[tuple[GroupResult, CaseResult]], names: Mapping[str, str]) -> list[Fact]:
    """The same of several cases by name, in one fact."""
    if overs := [over for group, _ in cases if (over := overload(run, group))]:
        worst = max(overs, key=lambda over: over.load)
        return [_overloaded(worst, "wall times may include other programs' work; for CPU times see In one sentence")]
    told = [(names[group.title], fact) for group, chosen in cases for fact in known_first(run, group, chosen)]
    if len(told) > 1:
        where = listed([name for name, _ in told])
        return [Fact("warn", f"CPU time says something else in {len(told)} of {len(cases)} cases", where)]
    return [Fact("warn", f"{name}: {fact.line[0].lower()}{fact.line[1:]}", fact.small) for name, fact in told]


def _overloaded(over: Overload, words: str) -> Fact:
    return Fact("warn", f"The machine was overloaded: load {over.load:.3g} on {over.cores} cores", words)


def accuracy(chosen: CaseResult, base: CaseResult, learned: Learning | None) -> list[Fact]:
    """Whether the recommended mode learns the same as the baseline."""
    if not learned:
        return []
    mode = next((mode for mode in learned.modes if mode.mode == chosen.case.mode), None)
    if mode is None or mode is learned.baseline or not mode.difference:
        return [Fact("same", f"Test accuracy of {chosen.title} was not compared", minor=True)]
    small = f"{difference(mode.difference)} points, {len(mode.finals)} seeds"
    if mode.failed:
        return [Fact("bad", f"{mode.failed} trainings of {chosen.title} failed")]
    if mode.difference.same:
        return [Fact("good", f"Same test accuracy within {margin_of(mode.difference.margin)}", small)]
    sign: Sign = "bad" if mode.difference.differs else "same"
    words = "differs" if mode.difference.differs else "is not shown to be the same"
    return [Fact(sign, f"Test accuracy {words} ({base.title})", small)]


def start(choice: Recommended, base: CaseResult) -> list[Fact]:
    """When the start-up cost is recovered."""
    chosen = choice.chosen
    startups = [number(s.centre) for r in (chosen, base) if (s := r.summary("startup"))]
    if not choice.faster or not chosen.break_even or len(startups) < 2:
        return []
    small = f"start-up {startups[0]} s; {base.title} {startups[1]} s"
    if chosen.break_even.steps:
        return [Fact("good", f"Break-even after {break_even(chosen.break_even)}", small)]
    words = (
        "no start-up cost to recover" if chosen.break_even.text == "at once" else f"break-even {chosen.break_even.text}"
    )
    return [Fact("same", words[0].upper() + words[1:], small)]


def xla(group: GroupResult, choice: Recommended) -> list[Fact]:
    """Whether XLA pays here: against the recommended mode, or, where that is XLA, the best one without it."""
    chosen = choice.chosen
    compiled = _first(group, "xla")
    if compiled is None or not this_run(compiled) or not choice.faster:
        return []
    if chosen.case.mode == "xla":
        return _what_xla_adds(group, chosen)
    compared, against_base = versus(group, chosen, compiled), speedup_interval(over_time(compiled))
    if not compared or not compared.over_time or not compared.verdict.slower:
        return [Fact("same", f"XLA: {against_base}", even(compiled))]
    # First what the verdict rests on: compared with the baseline, XLA may well be faster.
    words = f"{speedup_interval(compared.over_time)} than {chosen.title}"
    small = "; ".join(text for text in (f"{against_base} vs {group.baseline.title}", even(compiled)) if text)
    return [Fact("bad", f"XLA {'likely ' * compared.rough}does not pay here: {words}", small)]


def _what_xla_adds(group: GroupResult, chosen: CaseResult) -> list[Fact]:
    """XLA, which is the mode to use, against tf.function without it."""
    plain = _first(group, "function")
    compared = versus(group, plain, chosen) if plain else None
    if not plain or not compared or not compared.over_time:
        return []
    words = f"{speedup_interval(compared.over_time)} vs {plain.title}"
    small = "; ".join(filter(None, (f"{plain.title} {speedup_interval(over_time(plain))}", even(plain))))
    if compared.verdict.faster:
        return [Fact("good", f"XLA {'likely ' * compared.rough}pays here: {words}", small)]
    return [Fact("same", f"XLA: {words}", small)]


def even(result: CaseResult) -> str:
    """'break-even after 66 steps', roughly where few repetitions say so; '' without one."""
    even = result.break_even
    roughly = "roughly " * bool(even and even.rough)
    return f"break-even after {roughly}{in_steps(even.steps.centre)}" if even and even.steps else ""


def _first(group: GroupResult, mode: str) -> CaseResult | None:
    return next((r for r in group.candidates if r.case.mode == mode and r.valid), None)


def tied(choice: Recommended) -> list[Fact]:
    """Why the pick is not the top row."""
    others = [result.title for result in choice.tied if choice.faster]
    if not others:
        return []
    small = f"{choice.chosen.title} needs the fewest code changes of the {len(others) + 1}"
    return [Fact("same", f"Not told apart from the fastest: {listed(others)}", small, minor=True)]


def fallen(group: GroupResult) -> tuple[Fact, ...]:
    """The modes that are INVALID or FAILED, with the reason."""
    fallen = [(r, *verdict_of(group, r)) for r in group.candidates if not r.valid and (r.invalid or r.failures)]
    shown = [(r, word, why) for r, word, why in fallen if not r.refused]
    return tuple(Fact("bad", f"{r.title} is {word}", why[:160]) for r, word, why in shown[:2])
