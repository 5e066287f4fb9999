"""The verdict card of a run: what to use, by how much, and how sure; in every form that a run can come to."""

from bench.analysis.learning import Learning
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Summary
from bench.report.form.card import Card, Fact, Tone
from bench.report.form.document import distinct
from bench.report.form.wording import control, ends, slower, speedup, speedup_interval
from bench.report.questions.advice import Recommended, choose, without_verdict
from bench.report.sections import card_facts, headline
from bench.report.sections.steady import step_ms, verdict_of
from bench.report.speeds import over_time, this_run

MOST_CASES = 4  # facts of a card on several cases
_MORE = "Type `cifar-bench run --resume RUN` for more"


def card(run: Run, learned: Learning | None) -> Card:
    """The run's answer."""
    measured = [group for group in run.groups if any(result.measurements for result in group.cases)]
    if not measured:
        return _nothing(run)
    choices = [choose(group) for group in measured]
    if not any(choices) and any(map(without_verdict, measured)):
        return _one_repetition()
    if len(run.groups) > 1:
        return _of_cases(run, measured)
    group, choice = measured[0], choices[0]
    if not choice:
        return _no_comparison(run, group)
    return _advised(run, group, choice, learned)


def _nothing(run: Run) -> Card:
    """No case was measured at all."""
    facts = tuple(Fact("bad", f"{device.upper()} NOT AVAILABLE", reason) for device, reason in run.absent.items())
    failures = dict.fromkeys((result.title, verdict_of(group, result)) for group, result in run.rows())
    failed = [Fact("bad", f"{title}: {word}", why) for title, (word, why) in failures if word == "FAILED"]
    return Card("There is no result", "NOT MEASURED", facts=(*facts, *failed[:3]), tone="bad")


def _no_comparison(run: Run, group: GroupResult) -> Card:
    """The baseline alone, or nothing else that is valid."""
    base = group.baseline
    if not base.valid:
        word, why = verdict_of(group, base)
        return Card(f"{base.title}, the baseline, has no result", word, facts=(Fact("bad", why or word),), tone="bad")
    fallen = card_facts.fallen(group)
    if not fallen:
        step = f"ms a step, {base.title}"
        facts = (Fact("same", "Nothing was compared with it", "add modes: `--modes eager,function,xla`"),)
        return Card(
            "Only the baseline was measured", step_ms(base), step, facts=facts, sure=_sure(run, group), tone="open"
        )
    return Card("No mode can be compared", "INVALID", facts=fallen, tone="bad")


def _one_repetition() -> Card:
    """One repetition has no interval, so no multiple stands in the headline."""
    facts = (Fact("warn", "One repetition gives no interval", f"a result takes {ENOUGH_BLOCKS}. {_MORE}"),)
    return Card("Not enough repetitions", f"1 of {ENOUGH_BLOCKS}", "repetitions", facts=facts, tone="open")


def _advised(run: Run, group: GroupResult, choice: Recommended, learned: Learning | None) -> Card:
    chosen, base = choice.chosen, group.baseline
    facts = [
        *card_facts.known_first(run, group, chosen),
        *card_facts.accuracy(chosen, base, learned),
        *card_facts.start(choice, base),
        *card_facts.xla(group, choice),
        *card_facts.tied(choice),
        *card_facts.fallen(group),
    ]
    sure = _sure(run, group, chosen)
    likely = chosen.comparison.rough if chosen.comparison else not run.enough
    if not choice.faster:
        return _keep(group, choice, facts, sure, likely)
    ratio = over_time(chosen)
    title = _begun(likely, f"Use {chosen.title}")
    ranges = _ranges(chosen)
    unit = f"speedup vs {base.title}"
    return Card(title, speedup(ratio), unit, ranges, "", tuple(facts), sure, "open" if likely else "good")


def _keep(group: GroupResult, choice: Recommended, facts: list[Fact], sure: str, likely: bool) -> Card:
    """Nothing is faster than the baseline; a mode that is as fast may need fewer code changes."""
    base = group.baseline
    if choice.chosen is not base:
        title = _begun(likely, f"Use {choice.chosen.title}: as fast as {base.title}")
        return Card(title, speedup(over_time(choice.chosen)), f"vs {base.title}", _ranges(choice.chosen), "",
                    tuple(facts), sure, "open" if likely else "good")  # fmt: skip
    judged = sorted((r for r in group.of_one_family if this_run(r)), key=lambda r: -_centre(r))
    others = [Fact("same", f"{r.title}: {speedup_interval(over_time(r))}", verdict_of(group, r)[0]) for r in judged[:3]]
    title = _begun(likely, f"Keep {base.title}")
    unit = "ms a step; no mode is shown to be faster"
    return Card(title, step_ms(base), unit, (), "", (*others, *facts), sure, "open" if likely else "good")


def _ranges(result: CaseResult) -> tuple[tuple[str, str], ...]:
    """Both intervals by their term, the one that the verdict rests on first; CPU time where it says another number."""
    later, first = over_time(result), this_run(result)
    turned, cpu = bool(later and slower(later)), headline.in_cpu_time(result)
    both = tuple((term, words) for term, r in (("over_time", later), ("this_run", first)) if (words := ends(r, turned)))
    return (*both, ("in_CPU_time", cpu)) if cpu else both


def _centre(result: CaseResult) -> float:
    ratio = over_time(result)
    return ratio.centre if ratio else 0.0


def _sure(run: Run, group: GroupResult, chosen: CaseResult | None = None) -> str:
    """How far the answer carries."""
    blocks = (chosen.blocks if chosen else None) or run.fewest_blocks
    least = "" if blocks >= ENOUGH_BLOCKS else f" of the {ENOUGH_BLOCKS} that a result takes"
    parts = [f"{blocks} repetition{'s' * (blocks != 1)}{least}"]
    if group.control_ratio:
        parts.append(f"A/A control {control(group.control_ratio)}")
    if spread := headline.spread_of(group.candidates):
        parts.append(f"run-to-run spread {spread}")
    synthetic = ", on synthetic images" if run.plan.synthetic else ""
    return f"{'; '.join(parts)}. Holds for this machine, model and batch{synthetic}."


def _of_cases(run: Run, groups: list[GroupResult]) -> Card:
    """A card on several cases: one mode for all, or what it depends on."""
    chosen = [(group, choice) for group in groups if (choice := choose(group))]
    if not chosen:
        return _no_comparison(run, groups[0])
    titles = list(dict.fromkeys(choice.chosen.title for _, choice in chosen))
    names = distinct([group.title for group in run.groups])
    facts = [_case_fact(names, *each, number < MOST_CASES - 1) for number, each in enumerate(chosen)]
    left = len(facts) - MOST_CASES
    if left > 0:
        facts = [*facts[:MOST_CASES], Fact("same", f"{left} more cases are in the table", minor=True)]
    facts = [*card_facts.known_first_of(run, [(group, choice.chosen) for group, choice in chosen], names), *facts]
    sure = _sure(run, groups[0])
    tone: Tone = "good" if run.enough else "open"
    if len(titles) == 1:
        ratios = [ratio for _, choice in chosen if (ratio := over_time(choice.chosen))]
        cases = f"in all {len(groups)}" if len(chosen) == len(groups) else f"in {len(chosen)} of {len(groups)}"
        title = _begun(not run.enough, f"Use {titles[0]} {cases} cases" if ratios else f"Keep {titles[0]}")
        unit = f"speedup vs {groups[0].baseline.title}" if ratios else "no mode is shown to be faster"
        return Card(title, _span(ratios) or titles[0], unit, facts=tuple(facts), sure=sure, tone=tone)
    group, choice = max(chosen, key=lambda pair: _centre(pair[1].chosen))
    unit = f"at {names[group.title]}: {speedup(over_time(choice.chosen))} vs {group.baseline.title}"
    title = _begun(not run.enough, _depends(list(names.values())))
    return Card(title, choice.chosen.title, unit, _ranges(choice.chosen), "", tuple(facts), sure, tone)


def _begun(likely: bool, title: str) -> str:
    """'Likely: use tf.function' of 'Use tf.function'."""
    return f"Likely: {title[0].lower()}{title[1:]}" if likely else title


def _span(ratios: list[Summary]) -> str:
    """'1.5x to 8.6x', or the one where there is no more."""
    centres = sorted(ratio.centre for ratio in ratios)
    if not centres:
        return ""
    first, last = f"{centres[0]:.2g}x", f"{centres[-1]:.2g}x"
    return first if first == last else f"{first} to {last}"


def _depends(names: list[str]) -> str:
    """What the choice depends on, in the words of the cases' names."""
    kinds = {"batch": "the batch size", "thread": "the number of threads"}
    of_all = [words for word, words in kinds.items() if all(word in name and "," not in name for name in names)]
    return f"It depends on {next(iter(of_all), 'the case')}"


def _case_fact(names: dict[str, str], group: GroupResult, choice: Recommended, shown: bool) -> Fact:
    chosen = choice.chosen
    words = f"{chosen.title} {speedup_interval(over_time(chosen))}" if over_time(chosen) else f"keep {chosen.title}"
    best = max((r for r in group.of_one_family if over_time(r)), key=_centre, default=chosen)
    tied = best is not chosen and best in choice.tied
    other = f"not told apart from {best.title}, {speedup(over_time(best))}" if tied else ""
    small = "; ".join(text for text in (card_facts.even(chosen), other) if text)
    return Fact("good" if choice.faster else "same", f"{names[group.title]}: {words}", small, minor=not shown)
