"""What a gate decided, in a sentence, on one scale everywhere: per cent of time, or of what else is judged."""

from collections.abc import Sequence

from bench.analysis import gates
from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange
from bench.analysis.gates import CONTAINED, STEP, Decision, Gate, GateResult
from bench.analysis.quantities import QUANTITIES
from bench.analysis.stats.ratios import Summary
from bench.modes import row
from bench.report.form.wording import OF_TIME, Sides, change_interval, cost_interval, speedup_interval

TITLES = {"": "speedup", STEP: "step time", **{each.name: each.title for each in QUANTITIES}}
_HIGHER: Sides = ("higher", "lower")
WORDS = {Decision.PASSED: "PASS", Decision.FAILED: "FAIL", Decision.UNDECIDED: "UNDECIDED"}


def gate_line(result: GateResult, changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> str:
    """'FAIL  tf.function is 4.7 % slower [3.6, 5.8]; limit 2.5 %'."""
    return f"{WORDS[result.decision]}  {sentence(result, changes, runs)}"


def sentence(result: GateResult, changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> str:
    """The same without its first word."""
    gate = gates.parse(result.gate)
    if gate.baseline:
        names, limit = f"{row(gate.mode).title} vs {row(gate.baseline).title}", f"{_typed(gate):g}x"
        names += f", {TITLES[gate.quantity]}," if gate.quantity else ""
        said = _said(names, result, _times(gate, result.ratio)) if result.ratio else f"{names}: {result.reason}"
        where = f" ({result.where})" if len(runs) > 2 else ""
        return f"{said}{where}; limit {limit}"
    limit = f"{100 * limit_of(result):g} %"
    name = _name(result, changes, runs) + (f", {TITLES[gate.quantity]}," if gate.quantity else "")
    changed = changed_by(result)
    if result.ratio is None:
        return f"{name}: {result.reason}; limit {limit}"
    if result.reason == CONTAINED:
        return f"{name} is {changed}; the limit of {limit} is not excluded"
    return f"{_said(name, result, changed)}; limit {limit}"


def _said(name: str, result: GateResult, changed: str) -> str:
    """As a fact only where there are repetitions enough for one."""
    few = result.decision is Decision.UNDECIDED and result.reason != CONTAINED
    return f"{name}: {changed} ({result.reason})" if few else f"{name} is {changed}"


def changed_by(result: GateResult) -> str:
    """What was judged, as the tables and sentences write it: '4.7 % slower [3.6, 5.8]', or of two modes '1.9x'."""
    gate = gates.parse(result.gate)
    if gate.baseline and result.ratio:
        return _times(gate, result.ratio)
    return change_interval(result.ratio, sides_of(gate.quantity))


def sides_of(quantity: str) -> Sides:
    """The words for more and less of a quantity."""
    return _HIGHER if quantity in ("cpu", "memory") else OF_TIME


def _typed(gate: Gate) -> float:
    """The limit on a ratio as it was typed: of costs, how many times as much."""
    return 1 / gate.low_limit if gate.quantity else gate.low_limit


def _times(gate: Gate, ratio: Summary) -> str:
    return cost_interval(ratio) if gate.quantity else speedup_interval(ratio)


def limit_of(result: GateResult) -> float:
    """The share by which a time may grow."""
    return 1 / gates.parse(result.gate).low_limit - 1


def judged(result: GateResult, changes: Sequence[CaseChange]) -> CaseChange | None:
    """The change that a gate judged; None for a gate on two modes of one run."""
    return next((c for c in changes if f"{c.run}, {c.group}, {c.title}" == result.where), None)


def _name(result: GateResult, changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> str:
    """The case's mode where that says which case it is; else all of its place."""
    named = judged(result, changes)
    unique = named is not None and [c.title for c in changes].count(named.title) == 1
    return named.title if named and unique and len(runs) == 2 else result.where
