"""A probe as people read it, and as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.autograph.findings import Finding
from bench.autograph.probe.compare import Observation
from bench.autograph.probe.predictions import ProbeFinding
from bench.autograph.probe.records import ModeRun, ObservedFunction
from bench.autograph.rules import rule

HEAD = ("mode", "same result", "python body ran", "traces", "XLA compiles", "graph nodes")


def text(file: str, driver: str, seen: Sequence[ModeRun], found: Sequence[ProbeFinding]) -> str:
    """The whole of it; ends with what it comes to."""
    name = Path(file).name
    lines = [f"{name}: {driver}() in each mode", *modes(seen, found), ""]
    known = functions(seen)
    for function in known:
        if called(function, seen):
            lines += [*of_function(function, seen, found), ""]
    if idle := [function.name for function in known if not called(function, seen)]:
        lines += [f"never called: {', '.join(idle)}", ""]
    if unconverted := dict.fromkeys(text for one in seen for text in one.unconverted):
        lines += ["not converted by AutoGraph:", *(f"  {text}" for text in unconverted), ""]
    for one in found:
        lines += of_finding(one)
    return "\n".join([*lines, *([""] if found else []), verdict(seen, found)])


def modes(seen: Sequence[ModeRun], found: Sequence[ProbeFinding]) -> list[str]:
    """A line a mode: whether it did what eager did."""
    lines = []
    for one in seen:
        raised = f"raised {one.raised.kind}" if one.raised else "returned"
        ended = one.limit or raised
        bad = diverging(one.mode, found)
        differ = f"NO: {len(bad)} difference{'s' * (len(bad) > 1)}"
        same = "reference" if one is seen[0] else differ if bad else "the same"
        lines.append(f"  {one.mode:<6} {same:<18} {ended}, printed {len(one.stdout) + len(one.stderr)} lines")
    return lines


def diverging(mode: str, found: Sequence[ProbeFinding]) -> list[Observation]:
    """What a mode did otherwise."""
    every = dict.fromkeys(one for joined in found for one in joined.observations)
    return [one for one in every if one.diverges and mode in one.modes]


def functions(seen: Sequence[ModeRun]) -> list[ObservedFunction]:
    """Each function once, as the first mode that made it saw it."""
    known = dict[tuple[str, str, int], ObservedFunction]()
    for function in (function for one in seen for function in one.functions):
        known.setdefault((function.file, function.name, function.line), function)
    return list(known.values())


def called(function: ObservedFunction, seen: Sequence[ModeRun]) -> bool:
    """Whether any mode called it."""
    key = function.name, function.line
    return any(other.calls for one in seen for other in one.functions if (other.name, other.line) == key)


def of_function(function: ObservedFunction, seen: Sequence[ModeRun], found: Sequence[ProbeFinding]) -> list[str]:
    """Its table: a row a mode."""
    rows = [list(HEAD)]
    for one in seen:
        same = [other for other in one.functions if (other.name, other.line) == (function.name, function.line)]
        rows.append(_cells(one, same[0] if same else None, one is seen[0], found))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    drawn = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    head = f"{Path(function.file).name}::{function.name}   line {function.line}, {function.calls} calls"
    return [head, *(f"  {row}".rstrip() for row in drawn)]


def _cells(
    seen: ModeRun, function: ObservedFunction | None, reference: bool, found: Sequence[ProbeFinding]
) -> list[str]:
    if function is None:
        return [seen.mode, "never made", "-", "-", "-", "-"]
    bad = [one for one in diverging(seen.mode, found) if one.kind == "call" and one.function == function.name]
    same = "reference" if reference else "NO" if bad else "yes" if function.results and not seen.limit else "-"
    if seen.mode == "eager":
        return [seen.mode, same, str(function.body_runs), "-", "-", "-"]
    compiles = str(function.compiles) if seen.mode == "xla" else "-"
    nodes = "-" if function.nodes is None else f"{function.nodes:,}"
    return [seen.mode, same, str(function.body_runs), str(function.traces), compiles, nodes]


def of_finding(one: ProbeFinding) -> list[str]:
    """What is said of it: code, evidence, the source's line, what was seen, what to do."""
    evidence = {"both": "predicted and observed"}.get(one.evidence, one.evidence)
    if one.finding:
        place = f"{_short(one.finding.file)}:{one.finding.line}:{one.finding.column}: "
        lines = [f"{place}{one.finding.code} {one.finding.severity}, {evidence}: {one.finding.message}"]
    else:
        what = one.observations[0]
        place = f"{_short(what.file)}:{what.line}: " if what.file else ""
        code = f"{' or '.join(one.codes)}, " if one.codes else ""
        lines = [f"{place}{code}{evidence}: {_seen(what)}"]
    lines += [f"   observed: {_seen(what)}" for what in one.observations if one.finding]
    fix = one.finding.fix if one.finding else _fix(one.codes)
    return [*lines, *([f"   fix: {fix}"] if fix else [])]


def _seen(one: Observation) -> str:
    return f"{' and '.join(one.modes)}: {one.text}"


def _fix(codes: tuple[str, ...]) -> str:
    try:
        return rule(codes[0]).fix if codes else ""
    except KeyError:
        return ""


def _short(file: str) -> str:
    here = f"{Path.cwd()}/"
    return file.removeprefix(here)


def verdict(seen: Sequence[ModeRun], found: Sequence[ProbeFinding]) -> str:
    """The last line: whether every mode does the same, and what may not be timed."""
    wrong = [one.mode for one in seen[1:] if diverging(one.mode, found)]
    if wrong:
        named = " and ".join(wrong)
        return f"{named} did not do what eager did: a time of {'it' if len(wrong) == 1 else 'them'} is no speed-up"
    costs = sum(not what.diverges for one in found for what in one.observations)
    more = f"; {costs} observations of needless work" if costs else ""
    return f"every mode did the same{more}"


def as_json(file: str, driver: str, seen: Sequence[ModeRun], found: Sequence[ProbeFinding]) -> str:
    """One object: `same`, a list of modes, a list of findings."""
    whole = {
        "file": file,
        "driver": driver,
        "same": not any(diverging(one.mode, found) for one in seen[1:]),
        "modes": [_mode(one, bool(diverging(one.mode, found))) for one in seen],
        "findings": [_finding(one) for one in found],
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=2).decode()


def _mode(seen: ModeRun, diverges: bool) -> dict[str, Any]:
    kept = {name: msgspec.to_builtins(getattr(seen, name)) for name in ("mode", "raised", "limit", "unconverted")}
    made = [{**msgspec.to_builtins(function), "results": len(function.results)} for function in seen.functions]
    return {**kept, "diverges": diverges, "printed_lines": len(seen.stdout) + len(seen.stderr), "functions": made}


def _finding(one: ProbeFinding) -> dict[str, Any]:
    finding: Finding | None = one.finding
    return {
        "codes": one.codes,
        "evidence": one.evidence,
        "predicted": msgspec.to_builtins(finding) if finding else None,
        "observed": [msgspec.to_builtins(what) for what in one.observations],
    }
