"""A probe as text for the terminal."""

from collections.abc import Sequence
from pathlib import Path

from bench.autograph.probe.compare import xla_alone
from bench.autograph.probe.observation import Observation
from bench.autograph.probe.predictions import ProbeFinding
from bench.autograph.probe.records import XLA_MODES, FaultyOperation, ModeRun, ObservedFunction
from bench.autograph.probe.xla_faults import fault_of_xla
from bench.autograph.rules import rule

HEAD = ("mode", "same result", "python body ran", "traces", "XLA compiles", "graph nodes")


def text(file: str, driver: str, runs: Sequence[ModeRun], findings: Sequence[ProbeFinding]) -> str:
    """The whole text; the verdict is its last line."""
    name = Path(file).name
    lines = [f"{name}: {driver}() in each mode", *modes(runs, findings), ""]
    observed = functions(runs)
    for function in observed:
        if called(function, runs):
            lines += [*of_function(function, runs, findings), ""]
    if idle := [function.name for function in observed if not called(function, runs)]:
        lines += [f"never called: {', '.join(idle)}", ""]
    if unconverted := dict.fromkeys(text for run in runs for text in run.unconverted):
        lines += ["not converted by AutoGraph:", *(f"  {text}" for text in unconverted), ""]
    if unread := dict.fromkeys(text for run in runs for text in run.unread):
        lines += ["not compared:", *(f"  {text}" for text in unread), ""]
    for finding in findings:
        lines += of_finding(finding)
    return "\n".join([*lines, *([""] if findings else []), verdict(runs, findings)])


def modes(runs: Sequence[ModeRun], findings: Sequence[ProbeFinding]) -> list[str]:
    """One line per mode: did it do what eager did?"""
    lines = []
    for run in runs:
        raised = f"raised {run.raised.kind}" if run.raised else "returned"
        ended = run.limit or raised
        differing = diverging(run.mode, findings)
        differ = f"NO: {len(differing)} difference{'s' * (len(differing) > 1)}"
        same = "reference" if run is runs[0] else differ if differing else "the same"
        lines.append(f"  {run.mode:<7} {same:<18} {ended}, printed {len(run.stdout) + len(run.stderr)} lines")
    return lines


def diverging(mode: str, findings: Sequence[ProbeFinding]) -> list[Observation]:
    """The observed divergences of a mode."""
    observed = dict.fromkeys(observation for finding in findings for observation in finding.observations)
    return [observation for observation in observed if observation.diverges and mode in observation.modes]


def functions(runs: Sequence[ModeRun]) -> list[ObservedFunction]:
    """Each function once, as observed in the first mode that made it."""
    by_source = dict[tuple[str, str, int], ObservedFunction]()
    for function in (function for run in runs for function in run.functions):
        by_source.setdefault((function.file, function.name, function.line), function)
    return list(by_source.values())


def called(function: ObservedFunction, runs: Sequence[ModeRun]) -> bool:
    """Was the function called in any mode?"""
    key = function.name, function.line
    return any(other.calls for run in runs for other in run.functions if (other.name, other.line) == key)


def of_function(function: ObservedFunction, runs: Sequence[ModeRun], findings: Sequence[ProbeFinding]) -> list[str]:
    """The table of a function, one row per mode."""
    rows = [list(HEAD)]
    for run in runs:
        matching = [other for other in run.functions if (other.name, other.line) == (function.name, function.line)]
        rows.append(_cells(run, matching[0] if matching else None, run is runs[0], findings))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    drawn = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)) for row in rows]
    head = f"{Path(function.file).name}::{function.name}   line {function.line}, {function.calls} calls"
    return [head, *(f"  {row}".rstrip() for row in drawn)]


def _cells(
    run: ModeRun, function: ObservedFunction | None, reference: bool, findings: Sequence[ProbeFinding]
) -> list[str]:
    if function is None:
        return [run.mode, "never made", "-", "-", "-", "-"]
    differing = [
        observation
        for observation in diverging(run.mode, findings)
        if observation.kind == "call" and observation.function == function.name
    ]
    same = "reference" if reference else "NO" if differing else "yes" if function.results and not run.limit else "-"
    if run.mode == "eager":
        return [run.mode, same, str(function.body_runs), "-", "-", "-"]
    compiles = str(function.compiles) if run.mode in XLA_MODES else "-"
    nodes = "-" if function.nodes is None else f"{function.nodes:,}"
    return [run.mode, same, str(function.body_runs), str(function.traces), compiles, nodes]


def of_finding(probe_finding: ProbeFinding) -> list[str]:
    """The lines of a finding: code, evidence, source line, observations, fix."""
    evidence = {"both": "predicted and observed"}.get(probe_finding.evidence, probe_finding.evidence)
    if finding := probe_finding.finding:
        place = f"{_short(finding.file)}:{finding.line}:{finding.column}: "
        lines = [f"{place}{finding.code} {finding.severity}, {evidence}: {finding.message}"]
    else:
        observation = probe_finding.observations[0]
        place = f"{_short(observation.file)}:{observation.line}: " if observation.file else ""
        code = f"{' or '.join(probe_finding.codes)}, " if probe_finding.codes else ""
        lines = [f"{place}{code}{evidence}: {_observed_line(observation)}"]
    lines += [f"   observed: {_observed_line(observation)}" for observation in probe_finding.observations if finding]
    fix = finding.fix if finding else _fix(probe_finding.codes)
    return [*lines, *([f"   fix: {fix}"] if fix else [])]


def _observed_line(observation: Observation) -> str:
    fault = observation.faulty
    cause = f"; {_of_xla(fault)}" if fault and fault.operations and not fault.code else ""
    return f"{_named(observation.modes)}: {observation.text}{cause}"


def _of_xla(fault: FaultyOperation) -> str:
    place = f" ({_short(fault.file)}:{fault.line})" if fault.file else ""
    return f"a fault of XLA, not of your code: {fault_of_xla(fault)}{place}"


def _named(modes: Sequence[str]) -> str:
    """`graph, written and xla`."""
    return " and ".join(filter(None, (", ".join(modes[:-1]), modes[-1])))


def _fix(codes: tuple[str, ...]) -> str:
    try:
        return rule(codes[0]).fix if codes else ""
    except KeyError:
        return ""


def _short(file: str) -> str:
    folder = f"{Path.cwd()}/"
    return file.removeprefix(folder)


def verdict(runs: Sequence[ModeRun], findings: Sequence[ProbeFinding]) -> str:
    """The last line: whether every mode does the same thing, and which modes may not be timed."""
    differing = [run.mode for run in runs[1:] if diverging(run.mode, findings)]
    if differing:
        return f"{_who_differs(runs, findings, differing)}; timings of {_named(differing)} are not comparable"
    costs = sum(not observation.diverges for finding in findings for observation in finding.observations)
    suffix = f"; {costs} observation{'s' * (costs > 1)} of unnecessary work" if costs else ""
    return f"every mode did the same{suffix}"


def _who_differs(runs: Sequence[ModeRun], findings: Sequence[ProbeFinding], differing: Sequence[str]) -> str:
    """XLA alone, with its own fault where one was found, or the modes that differ."""
    observed = [observation for run in runs for observation in diverging(run.mode, findings)]
    if "graph" not in [run.mode for run in runs] or not all(map(xla_alone, observed)):
        return f"{_named(differing)} did not do what {runs[0].mode} did"
    faults = [one.faulty for one in observed if one.faulty and one.faulty.operations and not one.faulty.code]
    cause = f" (a fault of XLA, not of your code: {' of '.join(faults[0].operations)})" if faults else ""
    return f"XLA alone differs: the graph without it did what {runs[0].mode} did{cause}"
