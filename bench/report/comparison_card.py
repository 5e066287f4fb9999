"""The first screen of a comparison: the gates' verdict, or the largest change; and the figure of all changes."""

import math
import shlex
from collections.abc import Sequence

from bench.analysis import gates
from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange
from bench.analysis.gates import STEP, Decision, GateResult
from bench.analysis.stats.ratios import Comparison
from bench.errors import Exit
from bench.report.cover import day
from bench.report.form.card import Card, Chip, Cover, Fact, Sign, Tone
from bench.report.form.document import Figure
from bench.report.form.wording import change, change_ends, change_interval
from bench.report.gate_words import TITLES, WORDS, judged, limit_of, sentence, sides_of
from bench.report.plots import comparison as plots
from bench.report.plots.comparison import ChangedTime

_ORDER = (Decision.FAILED, Decision.UNDECIDED, Decision.PASSED)  # the worst decides
_TONES: dict[Decision, Tone] = {Decision.FAILED: "bad", Decision.UNDECIDED: "open", Decision.PASSED: "good"}
_EXITS = {
    Decision.FAILED: Exit.REGRESSION,
    Decision.UNDECIDED: Exit.NOT_ENOUGH_EVIDENCE,
    Decision.PASSED: Exit.OK,
}
_WHY = {
    Decision.FAILED: "The whole 95 % interval is past the limit",
    Decision.PASSED: "The whole 95 % interval is within the limit",
    Decision.UNDECIDED: "The 95 % interval contains the limit, or there are too few repetitions for a gate",
}
_SIGNS: dict[Decision, Sign] = {Decision.FAILED: "bad", Decision.UNDECIDED: "warn", Decision.PASSED: "good"}


def cover(runs: Sequence[NamedRun], gated: Sequence[GateResult]) -> Cover:
    """Which runs, on what, and the command."""
    first, *others = runs
    names, last = ", ".join(named.name for named in others), runs[-1].run
    data = "; ".join(dict.fromkeys(named.run.plan.data_title for named in runs))
    environments = [outcome.measurement.environment for outcome in last.outcomes if outcome.measurement][:1]
    chips = [Chip(f"**{day(last.plan.created)}**")]
    chips += [Chip(f"{env.cpu}, {env.cores} cores; TensorFlow **{env.tensorflow}**") for env in environments]
    chips.append(Chip(f"**{', '.join(dict.fromkeys(str(named.run.blocks) for named in runs))}** repetitions"))
    limits = "".join(f" --fail-on {shlex.quote(text)}" for text in dict.fromkeys(gate.gate for gate in gated))
    command = f"cifar-bench compare {' '.join(shlex.quote(named.name) for named in runs)}{limits}"
    title = f"{names} compared with {first.name}"
    return Cover(title, data, tab=f"{title} · {day(last.plan.created)}", chips=tuple(chips), command=command)


def card(runs: Sequence[NamedRun], changes: Sequence[CaseChange], gated: Sequence[GateResult]) -> Card:
    """The gates' verdict; without gates the change that matters most."""
    if gated:
        return _gates(runs, changes, gated)
    significant = [each for each in changes if _directed(_judged(each))]
    facts = tuple(_unchanged(runs, changes))
    if significant:
        return _changed(runs, changes, significant, facts)
    tested = any(_judged(each).p is not None for each in changes)
    none = "No change is significant" if tested else "One repetition gives no verdict"
    title = none if any(c.step.ratio for c in changes) else "Nothing can be compared"
    asked = "no gate was asked for: `--fail-on 'slower 5%'`"
    return Card(title, "=", asked, facts=facts, sure=_sure(changes), tone="open")


def _changed(
    runs: Sequence[NamedRun], changes: Sequence[CaseChange], significant: Sequence[CaseChange], facts: tuple[Fact, ...]
) -> Card:
    """What became slower most; where nothing did, what became faster most."""
    slower = [each for each in significant if _judged(each).verdict.slower]
    chosen = min(slower, key=_centre) if slower else max(significant, key=_centre)
    compared = _judged(chosen)
    assert compared.over_time
    value, _, word = change(compared.over_time).rpartition(" ")
    tone: Tone = "open" if compared.rough else "bad" if slower else "good"
    kind, where = "speedup" if chosen.gain else "step time", f" in {chosen.run}" if len(runs) > 2 else ""
    likely = "likely " * any(_judged(each).rough for each in significant)
    count = f"{len(significant)} change{'s are' if len(significant) > 1 else ' is'} {likely}significant"
    said = f"{chosen.title}{where}, {kind}: {change_interval(compared.over_time)}. {count}."
    title = f"{chosen.title} {'likely ' * compared.rough}became {word}{where}"
    return Card(title, value, word, (), said, facts, _sure(changes), tone)


def _judged(each: CaseChange) -> Comparison:
    """The change of the speedup; of the baseline, which has none, that of the step."""
    return each.gain or each.step


def _centre(each: CaseChange) -> float:
    ratio = _judged(each).over_time
    return ratio.centre if ratio else 1.0


def _gates(runs: Sequence[NamedRun], changes: Sequence[CaseChange], gated: Sequence[GateResult]) -> Card:
    worst = next(decision for decision in _ORDER if any(gate.decision is decision for gate in gated))
    decisive = [gate for gate in gated if gate.decision is worst]
    first, others = decisive[0], len(decisive) - 1
    more = f" And {others} more, in the table of gates." if others else ""
    texts = list(dict.fromkeys(gate.gate for gate in gated))
    title = f"Gate{'s' * (len(texts) > 1)}: {', '.join(texts)}"
    facts = [Fact(_SIGNS[worst], _WHY[worst], _compared(first)), *_unchanged(runs, changes), *_slowed(runs)]
    words = f"{sentence(first, changes, runs)}.{more}"
    unit = f"exit code {int(_EXITS[worst])}"
    return Card(title, WORDS[worst], unit, (), words, tuple(facts), _sure(changes, first), _TONES[worst])


def _compared(gate: GateResult) -> str:
    """What a gate looks at."""
    parsed = gates.parse(gate.gate)
    if parsed.baseline:
        other = "another's" if parsed.quantity else "another"
        return f"the {TITLES[parsed.quantity]} of one mode over {other} in the later run"
    return f"the {TITLES[parsed.quantity]} as it is" if parsed.quantity else "the speedup over the run's own baseline"


def _directed(compared: Comparison) -> bool:
    return compared.verdict.faster or compared.verdict.slower


def _unchanged(runs: Sequence[NamedRun], changes: Sequence[CaseChange]) -> list[Fact]:
    """What became of the baseline's own step: a machine that is slower as a whole shows there."""
    baselines = [each for each in changes if each.gain is None and each.step.over_time]
    facts = []
    for each in baselines[:2]:
        where = f" in {each.run}" if len(runs) > 2 else ""
        small = f"step time{where} {change_interval(each.step.over_time)}"
        if _directed(each.step):
            likely = "likely " * each.step.rough
            facts.append(Fact("warn", f"{each.title}, the baseline, {likely}changed itself", small))
        else:
            facts.append(Fact("same", f"No change detected in {each.title}", small))
    return facts


def _slowed(runs: Sequence[NamedRun]) -> list[Fact]:
    slowed = [
        (named.name, f"{result.title}, to test the gate")
        for named in runs
        for _, result in named.run.rows()
        if result.case.slowdown
    ]
    return [Fact("warn", f"{name} has an injected slowdown", text) for name, text in dict.fromkeys(slowed)]


def _sure(changes: Sequence[CaseChange], gate: GateResult | None = None) -> str:
    """Whether the runs were interleaved, and the p-value of what was judged."""
    compared = [change for change in changes if change.step.ratio]
    interleaved = bool(compared) and all(change.in_turns for change in compared)
    repetitions = min((c.step.ratio.n for c in compared if c.step.ratio), default=0)
    apart = "the runs were made one after the other, so the run-to-run spread is in the intervals"
    how = f"{repetitions} interleaved repetitions, so run-to-run variation cancels" if interleaved else apart
    own = judged(gate, changes) if gate else None
    parsed = gates.parse(gate.gate) if gate else None
    judging = gates.judged_of(parsed, own) if own and parsed else None
    what = TITLES[parsed.quantity] if parsed else "speedup"
    p = f"; p = {judging.p:.2g} for the change of the {what}, after Holm's correction" if judging and judging.p else ""
    return f"{how}{p}."


def figure(changes: Sequence[CaseChange], gated: Sequence[GateResult]) -> Figure | None:
    """The changes with the first gate's limit; None where nothing was compared."""
    own = [gate for gate in gated if judged(gate, changes)]
    limited = own[0].gate if own else ""
    names = {(gate.where, gates.parse(gate.gate).quantity) for gate in own if gate.gate == limited}
    costs = {quantity for _, quantity in names} - {"", STEP}
    several = len({each.run for each in changes}) > 1 or len({each.group for each in changes}) > 1
    rows = []
    for each in changes:
        place = f"{each.run}, {each.group}, {each.title}"
        name = f"{each.title} ({each.run})" if several else each.title
        kinds = {"": each.gain, STEP: each.step, **{name: each.costs[name] for name in costs}}
        rows += [
            ChangedTime(
                f"{name}, {TITLES[kind]}", each.case.mode, compared.over_time, (place, kind) in names, sides_of(kind)
            )
            for kind, compared in kinds.items()
            if compared and compared.over_time
        ]
    if not rows:
        return None
    rows.sort(
        key=lambda row: (not row.judged, -abs(math.log(row.ratio.centre)))
    )  # what a gate judged, then the largest
    words = "; ".join(f"{row.title} {change(row.ratio, row.sides)} {change_ends(row.ratio)}" for row in rows)
    title = "What changed, and the limit" if own else "What changed"
    caption = "Bars: 95 % intervals, in per cent. " + ("The gate looks at the first lines only." if own else "")
    limit = limit_of(own[0]) if own else None
    return Figure("changes", f"{title}: {words}", plots.changes(tuple(rows), limit), caption.strip())
