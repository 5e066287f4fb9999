"""What a gate decided, in a sentence, on one scale everywhere: per cent of time."""

from collections.abc import Sequence

from bench.analysis import gates
from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange
from bench.analysis.gates import Decision, GateResult
from bench.modes import row
from bench.report.form.wording import change_interval, speedup_interval

WORDS = {Decision.PASSED: "PASS", Decision.FAILED: "FAIL", Decision.UNDECIDED: "UNDECIDED"}


def gate_line(result: GateResult, changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> str:
    """'FAIL  tf.function is 4.7 % slower [3.6, 5.8]; limit 2.5 %'."""
    return f"{WORDS[result.decision]}  {sentence(result, changes, runs)}"


def sentence(result: GateResult, changes: Sequence[CaseChange], runs: Sequence[NamedRun]) -> str:
    """The same without its first word."""
    gate = gates.parse(result.gate)
    if gate.baseline:
        names, limit = f"{row(gate.mode).title} vs {row(gate.baseline).title}", f"{gate.low_limit:g}x"
        said = f"{names} is {speedup_interval(result.ratio)}" if result.ratio else f"{names}: {result.reason}"
        where = f" ({result.where})" if len(runs) > 2 else ""
        return f"{said}{where}; limit {limit}"
    limit = f"{100 * limit_of(result):g} %"
    name = _name(result, changes, runs) + (", step time," if gate.step else "")
    if result.ratio is None:
        return f"{name}: {result.reason}; limit {limit}"
    if result.decision is Decision.UNDECIDED:
        return f"{name} is {change_interval(result.ratio)}; the limit of {limit} is not excluded"
    return f"{name} is {change_interval(result.ratio)}; limit {limit}"


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
