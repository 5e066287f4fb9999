"""Gates: what must hold for a comparison to pass, decided on an interval's bound. `slower 5%`, `function/eager < 1.5`.

A gate fails where the whole interval lies on the forbidden side, passes where none of it does, and is undecided
where the interval reaches over the line: then there is too little data to say.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from bench.analysis.compare import Change, Named
from bench.analysis.results import ratio_between
from bench.analysis.stats.ratios import Summary
from bench.errors import BenchError
from bench.modes import MODES

FORMS = "'slower 5%', 'function slower 5%', 'step slower 5%', 'eager step slower 5%' or 'function/eager < 1.5'"


class Decision(str, Enum):
    """What a gate says of one ratio."""

    PASSED = "passed"
    FAILED = "FAILED"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Judged:
    """A gate and one of the ratios that it judges."""

    gate: str
    where: str
    ratio: Summary | None
    decision: Decision
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """`text` as typed. With `baseline`, a ratio of two modes in one run; else a mode's change between runs, or any's.

    A change is that of the gain or, with `step`, of the step's time. Fails where the ratio lies below `low_limit`.
    """

    text: str
    low_limit: float
    mode: str = ""
    baseline: str = ""
    step: bool = False


def parse(text: str) -> Gate:
    """A gate as typed. Raises BenchError."""
    slower = re.fullmatch(r"\s*(?:(?!step\b)(\w+)\s+)?(step\s+)?slower\s+(\d+(?:\.\d+)?)\s*%\s*", text)
    if slower:
        return Gate(text, 1 / (1 + float(slower[3]) / 100), _mode(slower[1] or "", text), step=bool(slower[2]))
    below = re.fullmatch(r"\s*(\w+)\s*/\s*(\w+)\s*<\s*(\d+(?:\.\d+)?)\s*", text)
    if not below:
        raise BenchError(f"'{text}' is no gate; known forms: {FORMS}")
    return Gate(text, float(below[3]), _mode(below[1], text), _mode(below[2], text))


def _mode(name: str, text: str) -> str:
    known = [mode.name for mode in MODES]
    if name and name not in known:
        raise BenchError(f"unknown mode '{name}' in the gate '{text}'; known: {', '.join(known)}")
    return name


def judge(gate: Gate, runs: Sequence[Named], changes: Sequence[Change]) -> list[Judged]:
    """The gate on every ratio it speaks of. Raises BenchError where there is none: a gate must not pass unseen."""
    found = _in_runs(gate, runs) if gate.baseline else _between_runs(gate, changes)
    if not found:
        raise BenchError(f"the gate '{gate.text}' speaks of no case of these runs; see their tables")
    return found


def _in_runs(gate: Gate, runs: Sequence[Named]) -> list[Judged]:
    """Two modes' ratio, in every run after the first, for the first is what others are held against."""
    found = {named.name: _in_run(gate, named) for named in (runs[1:] or runs)}
    if not any(found.values()):
        return []
    lacking = "it does not hold both modes"
    return [
        one
        for name, judged in found.items()
        for one in judged or [Judged(gate.text, name, None, Decision.UNDECIDED, lacking)]
    ]


def _in_run(gate: Gate, named: Named) -> list[Judged]:
    return [
        _decided(gate, f"{named.name}, {group.title}", ratio_between(a, b))
        for group in named.run.groups
        for a in group.cases
        for b in group.cases
        if (a.case.mode, b.case.mode) == (gate.baseline, gate.mode) and not a.case.again and not b.case.again
    ]


def _between_runs(gate: Gate, changes: Sequence[Change]) -> list[Judged]:
    """Changes of the speed against the run's own baseline: what the machine does to both is no regression.

    Only the baseline's own regression is invisible so; a gate on steps sees it, and the machine with it. What neither
    run could hold is left to a gate that names its mode.
    """
    judged = [(change, change.step if gate.step else change.gain) for change in changes]
    return [
        _decided(gate, f"{change.run}, {change.group}, {change.title}", found.ratio, found.reason)
        for change, found in judged
        if found and (gate.mode == change.case.mode or not (gate.mode or change.absent))
    ]


def _decided(gate: Gate, where: str, ratio: Summary | None, reason: str = "") -> Judged:
    if ratio is None:
        return Judged(gate.text, where, None, Decision.UNDECIDED, reason or "there is no valid ratio")
    if ratio.low is None or ratio.high is None:
        return Judged(gate.text, where, ratio, Decision.UNDECIDED, "one block gives no interval")
    if ratio.high < gate.low_limit:
        return Judged(gate.text, where, ratio, Decision.FAILED, f"the whole interval lies below {gate.low_limit:.3g}")
    if ratio.low >= gate.low_limit:
        return Judged(gate.text, where, ratio, Decision.PASSED, f"the whole interval reaches {gate.low_limit:.3g}")
    return Judged(gate.text, where, ratio, Decision.UNDECIDED, f"the interval reaches over {gate.low_limit:.3g}")
