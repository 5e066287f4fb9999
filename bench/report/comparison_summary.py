"""summary.json of a comparison: its gates, changes and environment differences for other programs (see summary.py)."""

from collections.abc import Sequence
from typing import Any

from bench.analysis.comparable import NamedRun
from bench.analysis.compare import CaseChange, Difference
from bench.analysis.gates import Decision, GateResult
from bench.analysis.quantities import QUANTITIES
from bench.analysis.stats.ratios import Comparison, Summary
from bench.errors import Exit
from bench.report.gate_words import WORDS
from bench.report.summary import SCHEMA

PATHS = {"html": "report.html", "markdown": "report.md", "raw": ["comparison.json"]}


def document(
    runs: Sequence[NamedRun],
    differing: Sequence[Difference],
    changes: Sequence[CaseChange],
    gates: Sequence[GateResult],
) -> dict[str, Any]:
    """What the file holds. Ratios are above 1 where the later run is faster."""
    return {
        "schema": SCHEMA,
        "command": "compare",
        "exit_code": int(exit_code(runs, gates)),
        "folder": ".",
        "paths": PATHS,
        "runs": [{"name": named.name, "repetitions": named.run.blocks} for named in runs],
        "gates": [_gate(gate) for gate in gates],
        "changes": [_change(each) for each in changes],
        "differences": [{"what": each.what, "values": list(each.values)} for each in differing],
        "warnings": [
            {"run": named.name, "text": f"left out: {line.text}"} for named in runs for line in named.run.left_out
        ],
    }


def exit_code(runs: Sequence[NamedRun], gates: Sequence[GateResult]) -> Exit:
    """What `compare` tells its caller: the worst that a gate decided, then whether all files are sound."""
    decisions = {gate.decision for gate in gates}
    if Decision.FAILED in decisions:
        return Exit.REGRESSION
    if any(named.run.damaged for named in runs):
        return Exit.CASE_FAILED
    return Exit.NOT_ENOUGH_EVIDENCE if Decision.UNDECIDED in decisions else Exit.OK


def _gate(gate: GateResult) -> dict[str, Any]:
    return {
        "gate": gate.gate,
        "where": gate.where,
        "decision": WORDS[gate.decision],
        "ratio": _ratio(gate.ratio),
        "reason": gate.reason or None,
    }


def _change(each: CaseChange) -> dict[str, Any]:
    return {
        "run": each.run,
        "key": each.case.key,
        "case": each.group,
        "mode": each.case.mode,
        "interleaved": each.in_turns,
        "step_time": _compared(each.step),
        "speedup": _compared(each.gain),
        **{of.key: _compared(each.costs[of.name]) for of in QUANTITIES},
    }


def _compared(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    ratio = _ratio(comparison.over_time or comparison.ratio)
    return {"verdict": comparison.verdict.value, "p_holm": comparison.p, "ratio": ratio}


def _ratio(ratio: Summary | None) -> dict[str, float | None] | None:
    return {"value": ratio.centre, "low": ratio.low, "high": ratio.high} if ratio else None
