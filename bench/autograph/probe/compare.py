"""Compares the modes of one driver: one line of text for each difference."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from bench.autograph.probe.costs import costly
from bench.autograph.probe.differences import MOST, differences, lines_differ
from bench.autograph.probe.observation import Observation
from bench.autograph.probe.records import XLA_MODES, ModeRun, ObservedFunction

SILENT = (
    "AG203", "AG302", "AG303", "AG306", "AG308", "AG310", "AG405", "AG701", "AG702", "AG703", "AG705", "AG706", "AG707",
    "AG708",
)  # fmt: skip
SILENT_XLA = ("AG802", "AG803", "AG804", "AG806", "AG807")


def observations(runs: Sequence[ModeRun], tolerance: float) -> tuple[Observation, ...]:
    """Divergences from the first mode, then costs. The same observation in several modes is merged into one."""
    reference, *other_runs = runs
    observed = [observation for run in other_runs for observation in diverging(reference, run, tolerance)]
    observed += [observation for run in other_runs for observation in costly(run)]
    merged = dict[tuple[str, str], Observation]()
    for observation in observed:
        earlier = merged.get((observation.kind, observation.text))
        modes = tuple(dict.fromkeys((*(earlier.modes if earlier else ()), *observation.modes)))
        merged[observation.kind, observation.text] = replace(observation, modes=modes)
    if not any(run.mode == "graph" for run in other_runs):
        return tuple(merged.values())
    known = tuple(dict.fromkeys(traced.code for run in other_runs for traced in run.libraries if traced.code))
    return tuple(_of_xla_alone(observation, known) for observation in merged.values())


def xla_alone(observation: Observation) -> bool:
    """Do only modes that use XLA differ? The graph without it did what the reference did."""
    return observation.diverges and set(observation.modes) <= set(XLA_MODES)


def _of_xla_alone(observation: Observation, known: tuple[str, ...]) -> Observation:
    """Without the rules that a graph breaks too, where only XLA differs.

    `known` are the rules that say why XLA gives other numbers in functions that a library made.
    """
    if not xla_alone(observation) or observation.kind not in ("call", "result", "state"):
        return observation
    of_xla = tuple(code for code in observation.codes if code in SILENT_XLA)
    return replace(observation, codes=of_xla if observation.kind == "call" else known or of_xla)


def diverging(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    """How a mode differs from the reference. After an exception only the calls before it are compared."""
    mode = (other.mode,)
    if other.limit or reference.limit:
        text = other.limit or f"{reference.mode}: {reference.limit}"
        name = re.search(r"(\S+) (?:went beyond|did not end|took more)", text)
        return [Observation("limit", mode, text, ("AG102", "AG604", "AG509"), name[1] if name else "")]
    codes = SILENT_XLA + SILENT if other.mode in XLA_MODES else SILENT
    calls = _calls(reference, other, tolerance, codes)
    if _exception_kind(reference) != _exception_kind(other):
        return [_exception(reference, other), *calls]
    observed = [*calls, *_result(reference, other, tolerance, () if calls else codes)]
    return [*observed, *_printed(reference, other, tolerance), *_state(reference, other, tolerance)]


def _exception_kind(run: ModeRun) -> str:
    return run.raised.kind if run.raised else ""


def _exception(reference: ModeRun, other: ModeRun) -> Observation:
    mode = (other.mode,)
    if not other.raised:
        assert reference.raised
        missed = f"{reference.raised.kind}: {reference.raised.message}"
        return Observation("exception", mode, f"did not raise; {reference.mode} raised {missed}", ("AG804",))
    file, _, line = other.raised.place.rpartition(":")
    text = f"raised {other.raised.kind}: {other.raised.message}"
    return Observation("exception", mode, text, file=file, line=int(line or 0))


def _result(reference: ModeRun, other: ModeRun, tolerance: float, codes: tuple[str, ...]) -> list[Observation]:
    """The driver's result. Where the result of a call differs already, `codes` is empty: one follows from the other."""
    differing = differences(reference.result, other.result, tolerance)
    if not differing:
        return []
    more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
    return [Observation("result", (other.mode,), f"{differing[0]} ({reference.mode} / here){more}", codes)]


def _calls(reference: ModeRun, other: ModeRun, tolerance: float, codes: tuple[str, ...]) -> list[Observation]:
    """The first call of each function whose result differs."""
    observed = []
    for expected, actual in zip(reference.functions, other.functions, strict=False):
        if (expected.name, expected.line) != (actual.name, actual.line):
            break  # different functions were made: their results cannot be paired
        if call := first_differing(expected, actual, tolerance):
            number, text = call
            line = f"{actual.name}, call {number}: {text} ({reference.mode} / here)"
            place = actual.name, actual.file, actual.line
            observed.append(Observation("call", (other.mode,), line, codes, *place, call=number))
    return observed


def first_differing(expected: ObservedFunction, actual: ObservedFunction, tolerance: float) -> tuple[int, str] | None:
    """The number of the first call with different results, and the difference."""
    for number, (expected_result, actual_result) in enumerate(zip(expected.results, actual.results, strict=False), 1):
        if differing := differences(expected_result, actual_result, tolerance):
            return number, differing[0]
    return None


def _printed(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    observed = []
    for name in ("stdout", "stderr"):
        text = lines_differ(getattr(reference, name), getattr(other, name), tolerance)
        if text:
            line = f"{name}: {text} ({reference.mode} / here)"
            observed.append(Observation("printed", (other.mode,), line, ("AG101", "AG104")))
    return observed


def _state(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    """Changed globals, closures and attributes: leaked symbolic tensors, and values that differ from the reference."""
    mode, observed = (other.mode,), list[Observation]()
    before = {leaf.path: leaf.text for leaf in reference.before}
    leaks = Counter(owner(leaf.path) for leaf in (*other.state, *other.result) if leaf.symbolic)
    for path, count in list(leaks.items())[:MOST]:
        tensors = f"{count} symbolic tensors" if count > 1 else "a symbolic tensor"
        observed.append(_of_name("leak", mode, path, f"{path} is left with {tensors}, unusable outside the trace"))
    changed = _changed(reference) | _changed(other)
    expected, actual = ([leaf for leaf in run.state if leaf.path in changed] for run in (reference, other))
    for text in differences(expected, actual, tolerance):
        path = text.partition(": ")[0] if not text.startswith("closure") else ": ".join(text.split(": ")[:2])
        earlier = f", {before[path]} before" if path in before else ""
        if owner(path) not in leaks:
            observed.append(_of_name("state", mode, owner(path), f"{text} ({reference.mode} / here{earlier})"))
    return observed


def _changed(run: ModeRun) -> set[str]:
    """The paths of values that the driver changed. Others, such as a process id, may differ between modes."""
    before, after = ({leaf.path: leaf for leaf in leaves} for leaves in (run.before, run.state))
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def owner(path: str) -> str:
    """The variable or attribute that a path lies in: `global losses` of `global losses[0]`."""
    return path.partition("[")[0]


def _of_name(kind: str, mode: tuple[str, ...], path: str, text: str) -> Observation:
    codes = ("AG301", "AG302", "AG303", "AG304", "AG307", "AG203")
    return Observation(kind, mode, text, codes, name=re.findall(r"\w+", path)[-1])
