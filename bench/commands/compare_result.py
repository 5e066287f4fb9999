"""What the terminal says of a comparison: the gates first and last, between them each change in per cent of time."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from bench.analysis import gates
from bench.analysis.compare import CaseChange, Difference, NamedRun
from bench.analysis.gates import Decision, GateResult
from bench.analysis.stats.ratios import Comparison
from bench.commands.grid import TerminalTable
from bench.modes import row
from bench.report.form.wording import change, change_ends, change_interval, speedup_interval

WORDS = {Decision.PASSED: "PASS", Decision.FAILED: "FAIL", Decision.UNDECIDED: "UNDECIDED"}
MOST_NAMED = 4


def worst_first(results: Sequence[GateResult]) -> list[GateResult]:
    """Failed, undecided, passed; those of the largest change first."""
    order = (Decision.FAILED, Decision.UNDECIDED, Decision.PASSED)
    return sorted(results, key=lambda each: (order.index(each.decision), each.ratio.centre if each.ratio else 0.0))


def gate_line(result: GateResult, changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> str:
    """'FAIL  tf.function is 4.5 % slower [3.5, 5.5]; limit 2.5 %'."""
    gate, word = gates.parse(result.gate), WORDS[result.decision]
    if gate.baseline:
        names, limit = f"{row(gate.mode).title} vs {row(gate.baseline).title}", f"{gate.low_limit:g}x"
        said = f"{names} is {speedup_interval(result.ratio)}" if result.ratio else f"{names}: {result.reason}"
        where = f" ({result.where})" if len(runs) > 2 else ""
        return f"{word}  {said}{where}; limit {limit}"
    limit = f"{100 * (1 / gate.low_limit - 1):g} %"
    name = _name(result, changes, runs) + (", step time," if gate.step else "")
    if result.ratio is None:
        return f"{word}  {name}: {result.reason}; limit {limit}"
    if result.decision is Decision.UNDECIDED:
        return f"{word}  {name} is {change_interval(result.ratio)}; the limit of {limit} is not excluded"
    return f"{word}  {name} is {change_interval(result.ratio)}; limit {limit}"


def _name(result: GateResult, changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> str:
    """The case's mode where that says which case it is; else all of its place."""
    named = next((c for c in changes if f"{c.run}, {c.group}, {c.title}" == result.where), None)
    unique = named is not None and [c.title for c in changes].count(named.title) == 1
    return named.title if named and unique and len(runs) == 2 else result.where


def how_to_decide(results: Sequence[GateResult], folders: Sequence[Path], interleaved: bool) -> list[str]:
    """What to type where a gate is undecided."""
    if not any(result.decision is Decision.UNDECIDED for result in results):
        return []
    first, *others = (shlex.quote(str(folder)) for folder in folders)
    more = "more" if interleaved else "some"
    return [
        f"{more} interleaved repetitions can decide it: cifar-bench run --resume {first} --blocks 1, the same with "
        f"{' and '.join(others)}, in alternation"
    ]


def heading(runs: Sequence[NamedRun], interleaved: bool) -> str:
    """Which runs, how many repetitions of each, and whether they were interleaved."""
    first, *others = runs
    counts = list(dict.fromkeys(named.run.blocks for named in runs))
    each = f"{counts[0]} repetitions each" if len(counts) == 1 else f"{', '.join(map(str, counts))} repetitions"
    how = "interleaved" if interleaved else "made one after the other"
    return f"{', '.join(named.name for named in others)} compared with {first.name}; {each}, {how}"


def table(changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> TerminalTable:
    """Two rows a case: its speedup over the run's own baseline, and its step time."""
    several = len({each.group for each in changes}) > 1
    rows = [
        [each.run, each.group, each.title, what, *_cells(compared)]
        for each in changes
        for what, compared in (("speedup", each.gain), ("step time", each.step))
        if compared is not None
    ]
    titles = ["run", "case", "mode", "what", "change", "interval", "p, Holm", "verdict"]
    left_out = {title for title, kept in (("run", len(runs) > 2), ("case", several)) if not kept}
    kept = [at for at, title in enumerate(titles) if title not in left_out]
    order = ("mode", "what", "change", "interval", "verdict", "case", "run", "p, Holm")
    return TerminalTable([titles[at] for at in kept], [[cells[at] for at in kept] for cells in rows], order)


def _cells(compared: Comparison) -> list[str]:
    ratio = compared.over_time or compared.ratio
    p = f"{compared.p:.2g}" if compared.p is not None else ""
    return [change(ratio) if ratio else "", change_ends(ratio) if ratio else "", p, compared.verdict.value]


def differing(differences: Sequence[Difference]) -> str:
    """What differs around the runs, in a sentence; '' for nothing."""
    names = [difference.what for difference in differences]
    if not names:
        return ""
    shown = ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
    return f"environment differences: {len(names)} ({shown}); see the report"
