"""Gates: conditions that a comparison must meet, such as `slower 5%`, `memory worse 10%` or `function/eager < 1.5`.

A gate fails where the whole interval lies beyond its limit, passes where none of it does, and is undecided where the
interval contains the limit: then there is too little data to decide. The interval is that over time, and of interleaved
runs their paired one. Fewer repetitions than a claim needs decide nothing.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange
from bench.analysis.quantities import QUANTITIES, cost_ratio, quantity
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.speedups import judged
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, Comparison, Summary
from bench.errors import BenchError
from bench.modes import MODES

LEAST_LIMIT = 1e-4  # of a ratio: no two modes and no two runs of one are so far apart that a gate below could fail
STEP = "step"
CONTAINED = "the interval contains the limit"  # why a gate with enough repetitions is undecided
FORMS = (
    "'slower 5%', 'function slower 5%', 'step slower 5%', 'eager step slower 5%', 'first step slower 20%', "
    "'cpu slower 3%', 'memory worse 10%', 'function/eager < 1.5' or 'function/eager memory > 1.2'"
)
_NAMES = "|".join((STEP, *(each.name for each in QUANTITIES)))
_CHANGE = re.compile(rf"\s*(?:(?!(?:{_NAMES})\b)(\w+)\s+)?(?:({_NAMES})\s+)?(slower|worse)\s+(\d+(?:\.\d+)?)\s*%\s*")
_RATIO = re.compile(rf"\s*(\w+)\s*/\s*(\w+)\s*(?:(<)|({_NAMES})\s*>)\s*(\d+(?:\.\d+)?)\s*")


class Decision(str, Enum):
    """What a gate decides on one ratio."""

    PASSED = "passed"
    FAILED = "FAILED"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate's decision on one ratio, as it stands in comparison.json."""

    gate: str
    where: str
    ratio: Summary | None
    decision: Decision
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """`text` as typed. With `baseline` it judges the ratio of two modes in one run; without, changes between runs.

    `quantity`: '' is the speedup, STEP the step's time as it is, else the name of one of QUANTITIES. Without `mode` it
    judges every mode. It fails where the ratio lies below `low_limit`.
    """

    text: str
    low_limit: float
    mode: str = ""
    baseline: str = ""
    quantity: str = ""


def parse(text: str) -> Gate:
    """A gate as typed. Raises BenchError for a form or a mode that is not known."""
    if (change := _CHANGE.fullmatch(text)) and change[3] == _word(change[2] or ""):
        limit = 1 / (1 + float(change[4]) / 100)
        return _able_to_fail(Gate(text, limit, _mode(change[1] or "", text), quantity=change[2] or ""))
    ratio = _RATIO.fullmatch(text)
    if not ratio or ratio[4] == STEP:
        raise BenchError(f"'{text}' is not a gate; known forms: {FORMS}")
    typed = float(ratio[5])
    limit = typed if ratio[3] else 1 / typed if typed else math.inf
    return _able_to_fail(Gate(text, limit, _mode(ratio[1], text), _mode(ratio[2], text), ratio[4] or ""))


def _word(name: str) -> str:
    """How a gate says "costs more" of a quantity: memory does not get slower."""
    return next((each.word for each in QUANTITIES if each.name == name), "slower")


def _able_to_fail(gate: Gate) -> Gate:
    """The gate. Raises BenchError for one that passes, or fails, whatever is measured."""
    if gate.baseline and gate.baseline == gate.mode:
        raise BenchError(f"the gate '{gate.text}' compares {gate.mode} with itself; name two modes: {FORMS}")
    if not LEAST_LIMIT <= gate.low_limit <= 1 / LEAST_LIMIT:
        verb = "fails" if gate.low_limit > 1 else "passes"
        raise BenchError(f"the gate '{gate.text}' {verb} whatever is measured; type a limit such as {FORMS}")
    return gate


def _mode(name: str, text: str) -> str:
    known = [mode.name for mode in MODES]
    if name and name not in known:
        raise BenchError(f"unknown mode '{name}' in the gate '{text}'; known: {', '.join(known)}")
    return name


def judge(gate: Gate, runs: Sequence[NamedRun], changes: Sequence[CaseChange]) -> list[GateResult]:
    """The gate's decision on every ratio that it names. Raises BenchError where it names none: it must not pass so."""
    results = _in_runs(gate, runs) if gate.baseline else _between_runs(gate, changes)
    if not results:
        raise BenchError(f"the gate '{gate.text}' speaks of no case of these runs; see their tables")
    return results


def _in_runs(gate: Gate, runs: Sequence[NamedRun]) -> list[GateResult]:
    """Two modes' ratio in every run after the first, which the others are compared with."""
    by_run = {named.name: _in_run(gate, named) for named in (runs[1:] or runs)}
    if not any(by_run.values()):
        return []
    lacking = "it does not hold both modes"
    return [
        result
        for name, results in by_run.items()
        for result in results or [GateResult(gate.text, name, None, Decision.UNDECIDED, lacking)]
    ]


def _in_run(gate: Gate, named: NamedRun) -> list[GateResult]:
    return [
        _decided(gate, f"{named.name}, {group.title}", _ratio_of(gate, group, a, b))
        for group in named.run.groups
        for a in group.cases
        for b in group.cases
        if (a.case.mode, b.case.mode) == (gate.baseline, gate.mode) and not a.case.again and not b.case.again
    ]


def _ratio_of(gate: Gate, group: GroupResult, a: CaseResult, b: CaseResult) -> Comparison | None:
    return cost_ratio(group, a, b, quantity(gate.quantity)) if gate.quantity else judged(group, a, b)


def _between_runs(gate: Gate, changes: Sequence[CaseChange]) -> list[GateResult]:
    """Changes of the speedup over the run's own baseline, so that a slower machine is not a regression.

    That does not show a regression of the baseline itself; a gate on steps or costs does, and shows the machine's
    changes too.
    Cases that neither run has only matter to a gate that names their mode.
    """
    compared = [(change, judged_of(gate, change)) for change in changes]
    return [
        _decided(gate, f"{change.run}, {change.group}, {change.title}", comparison)
        for change, comparison in compared
        if comparison and (gate.mode == change.case.mode or not (gate.mode or change.absent))
    ]


def judged_of(gate: Gate, change: CaseChange) -> Comparison | None:
    """What a gate judges of a change; None of the baseline's speedup over itself."""
    return {"": change.gain, STEP: change.step, **change.costs}[gate.quantity]


def _decided(gate: Gate, where: str, comparison: Comparison | None) -> GateResult:
    ratio = comparison and comparison.over_time
    if not comparison or not ratio:
        why = comparison.reason if comparison else ""
        return GateResult(gate.text, where, None, Decision.UNDECIDED, why or "there is no valid ratio")
    return GateResult(gate.text, where, ratio, *_decide(gate.low_limit, ratio, comparison.rough))


def _decide(low_limit: float, ratio: Summary, rough: bool) -> tuple[Decision, str]:
    if ratio.low is None or ratio.high is None:
        return Decision.UNDECIDED, "one repetition gives no interval"
    if rough:
        return Decision.UNDECIDED, f"{ratio.n} of the {ENOUGH_BLOCKS} repetitions that a gate needs"
    if ratio.high < low_limit:
        return Decision.FAILED, "the whole interval is past the limit"
    if ratio.low >= low_limit:
        return Decision.PASSED, "the whole interval is within the limit"
    return Decision.UNDECIDED, CONTAINED
