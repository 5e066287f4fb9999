"""What the terminal says of a comparison: the gates first and last, between them each change in per cent of time."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange, Difference
from bench.analysis.gates import STEP, Decision, GateResult
from bench.analysis.stats.ratios import Comparison
from bench.commands.grid import TerminalTable
from bench.report.form.wording import OF_TIME, change, change_ends
from bench.report.gate_words import TITLES, sides_of

MOST_NAMED = 4


def worst_first(results: Sequence[GateResult]) -> list[GateResult]:
    """Failed, undecided, passed; those of the largest change first."""
    order = (Decision.FAILED, Decision.UNDECIDED, Decision.PASSED)
    return sorted(results, key=lambda each: (order.index(each.decision), each.ratio.centre if each.ratio else 0.0))


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
    """Two rows a case: its speedup over the run's own baseline, and its step time; a row more a cost that changed."""
    several = len({each.group for each in changes}) > 1
    rows = [
        [each.run, each.group, each.title, TITLES[what], *_cells(compared, what)]
        for each in changes
        for what, compared in {"": each.gain, STEP: each.step, **_changed_costs(each)}.items()
        if compared is not None
    ]
    titles = ["run", "case", "mode", "what", "change", "interval", "p, Holm", "verdict"]
    left_out = {title for title, kept in (("run", len(runs) > 2), ("case", several)) if not kept}
    kept = [at for at, title in enumerate(titles) if title not in left_out]
    order = ("mode", "what", "change", "interval", "verdict", "case", "run", "p, Holm")
    return TerminalTable([titles[at] for at in kept], [[cells[at] for at in kept] for cells in rows], order)


def _changed_costs(each: CaseChange) -> dict[str, Comparison]:
    """The costs beside the step whose change is significant."""
    return {name: cost for name, cost in each.costs.items() if cost.verdict.faster or cost.verdict.slower}


def _cells(compared: Comparison, what: str) -> list[str]:
    ratio = compared.over_time or compared.ratio
    p = f"{compared.p:.2g}" if compared.p is not None else ""
    changed = change(ratio, sides_of(what)) if ratio else ""
    verdict = compared.verdict.value
    if sides_of(what) != OF_TIME:
        verdict = verdict.replace("SLOWER", "HIGHER").replace("FASTER", "LOWER")
    return [changed, change_ends(ratio) if ratio else "", p, verdict]


def differing(differences: Sequence[Difference]) -> str:
    """The environment differences of the runs, in a sentence; '' for nothing."""
    names = [difference.what for difference in differences]
    if not names:
        return ""
    shown = ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")
    return f"environment differences: {len(names)} ({shown}); see the report"
