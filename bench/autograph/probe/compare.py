"""Compares the modes of one driver: one line of text for each difference."""

import re
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bench.autograph.probe.records import ArgumentChange, Leaf, ModeRun, ObservedFunction, Retrace

MOST = 8  # reported differences of one kind
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\binf\b|\bnan\b")
SILENT = ("AG203", "AG302", "AG303", "AG306", "AG308", "AG405", "AG701", "AG702", "AG703", "AG705", "AG706", "AG707")
SILENT_XLA = ("AG802", "AG803", "AG804", "AG806", "AG807")
CAUSES = {"value": "AG401", "shape": "AG402", "object": "AG403"}  # cause of a retrace -> the rule it breaks


@dataclass(frozen=True, slots=True)
class Observation:
    """A difference or a cost that was observed. `codes` are the rules that may explain it.

    `diverges`: the modes do not do the same thing. `name` is the variable or attribute that differs, if any.
    """

    kind: str
    modes: tuple[str, ...]
    text: str
    codes: tuple[str, ...] = ()
    function: str = ""
    file: str = ""
    line: int = 0
    name: str = ""
    diverges: bool = True


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
    return tuple(merged.values())


def diverging(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    """How a mode differs from the reference. After an exception only the calls before it are compared."""
    mode = (other.mode,)
    if other.limit or reference.limit:
        text = other.limit or f"{reference.mode}: {reference.limit}"
        name = re.search(r"(\S+) (?:went beyond|did not end|took more)", text)
        return [Observation("limit", mode, text, ("AG102", "AG604", "AG509"), name[1] if name else "")]
    codes = SILENT_XLA + SILENT if other.mode == "xla" else SILENT
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
        return Observation("exception", mode, f"raised nothing where {reference.mode} raised {missed}", ("AG804",))
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
            observed.append(Observation("call", (other.mode,), line, codes, actual.name, actual.file, actual.line))
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


def lines_differ(expected: Sequence[str], actual: Sequence[str], tolerance: float) -> str:
    """How printed lines differ, with numbers compared within the tolerance. Empty where they do not."""
    for expected_line, actual_line in zip(expected, actual, strict=False):
        if not _same_line(expected_line, actual_line, tolerance):
            count = "" if len(expected) == len(actual) else f"{len(expected)} lines / {len(actual)}; "
            return f"{count}{expected_line[:70]!r} / {actual_line[:70]!r}"
    return "" if len(expected) == len(actual) else f"{len(expected)} lines / {len(actual)}"


def _same_line(expected: str, actual: str, tolerance: float) -> bool:
    if _NUMBER.sub("#", expected) != _NUMBER.sub("#", actual):
        return False
    pairs = zip(_NUMBER.findall(expected), _NUMBER.findall(actual), strict=True)
    return all(
        expected_number == actual_number or close(float(expected_number), float(actual_number), tolerance)
        for expected_number, actual_number in pairs
    )


def _state(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    """Changed globals, closures and attributes: leaked symbolic tensors, and values that differ from the reference."""
    mode, observed = (other.mode,), list[Observation]()
    before = {leaf.path: leaf.text for leaf in reference.before}
    leaks = Counter(owner(leaf.path) for leaf in (*other.state, *other.result) if leaf.symbolic)
    for path, count in list(leaks.items())[:MOST]:
        tensors = f"{count} symbolic tensors" if count > 1 else "a symbolic tensor"
        observed.append(_of_name("leak", mode, path, f"{path} is left holding {tensors}, of no use outside the trace"))
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


def differences(expected: Iterable[Leaf], actual: Iterable[Leaf], tolerance: float) -> list[str]:
    """`path: expected / actual` for each difference, only the outermost of nested ones, at most MOST."""
    unmatched, lines, differing = {leaf.path: leaf for leaf in actual}, list[str](), list[str]()
    expected = list(expected)
    for leaf in expected:
        counterpart = unmatched.pop(leaf.path, None)
        inside = any(leaf.path.startswith((f"{path}[", f"{path}.")) for path in differing)
        if not inside and (text := _difference(leaf, counterpart, tolerance)):
            differing.append(leaf.path)
            lines.append(f"{leaf.path}: {text}")
    for path, counterpart in unmatched.items():
        if not any(path.startswith((f"{above}[", f"{above}.")) for above in differing):
            differing.append(path)
            lines.append(f"{path}: nothing / {_shown(counterpart)}")
    return lines[:MOST]


def _difference(leaf: Leaf, counterpart: Leaf | None, tolerance: float) -> str:
    """`expected / actual`; empty where they are the same."""
    if counterpart is None:
        return f"{_shown(leaf)} / nothing"
    if leaf.numbers is None or counterpart.numbers is None:
        same = leaf.text == counterpart.text and (leaf.kind == counterpart.kind or not leaf.text)
        return "" if same else f"{_shown(leaf)} / {_shown(counterpart)}"
    if leaf.shape != counterpart.shape:
        return f"shape {list(leaf.shape)} / {list(counterpart.shape)}"
    if _both_tensors(leaf, counterpart) and leaf.kind != counterpart.kind:
        return f"{leaf.kind} / {counterpart.kind}"
    count = len(leaf.numbers) // 8
    pairs = zip(struct.unpack(f"{count}d", leaf.numbers), struct.unpack(f"{count}d", counterpart.numbers), strict=True)
    if all(close(expected, actual, tolerance) for expected, actual in pairs):
        return ""
    return f"{leaf.text} / {counterpart.text}"


def _both_tensors(leaf: Leaf, counterpart: Leaf) -> bool:
    """Is neither a plain Python number? A graph turns those into tensors."""
    return not {leaf.kind, counterpart.kind} & {"int", "float"}


def _shown(leaf: Leaf) -> str:
    return leaf.text or leaf.kind


def close(a: float, b: float, tolerance: float) -> bool:
    """Equal within the tolerance relative to the larger number, or both close to zero; NaN equals NaN."""
    return a == b or (a != a and b != b) or abs(a - b) <= tolerance * max(abs(a), abs(b)) + tolerance * 1e-2


def costly(run: ModeRun) -> list[Observation]:
    """What makes a mode retrace or recompile although it does the same thing."""
    observed = []
    for function in run.functions:
        location = {"function": function.name, "file": function.file, "line": function.line, "diverges": False}
        for text, codes in _function_costs(function):
            observed.append(Observation("cost", (run.mode,), f"{function.name}: {text}", codes, **location))  # type: ignore[arg-type]
    return observed


def _function_costs(function: ObservedFunction) -> list[tuple[str, tuple[str, ...]]]:
    costs = list[tuple[str, tuple[str, ...]]]()
    by_cause = dict[str, list[Retrace]]()
    for retrace in function.retraces:
        for change in retrace.changes:
            by_cause.setdefault(_cause(change), []).append(retrace)
    for cause, retraces in by_cause.items():
        change = next(change for change in retraces[0].changes if _cause(change) == cause)
        times = f", {len(retraces)} times in all" if len(retraces) > 1 else ""
        codes = (CAUSES[change.what],) if change.what in CAUSES else ()
        costs.append((f"call {retraces[0].call} was traced anew: {changed(change)}{times}", codes))
    if function.built > 1 and function.traces > 1:
        costs.append((f"{function.built} tf.functions were made of it, each traced for itself", ("AG404",)))
    if function.compiles > max(function.traces, 1):
        costs.append((f"XLA compiled it {function.compiles} times for {function.traces} traces", ("AG805",)))
    return costs


def _cause(change: ArgumentChange) -> str:
    return f"{change.what} of `{change.argument}`"


def changed(change: ArgumentChange) -> str:
    """'the shape of `x` (32,) -> (17,)'."""
    return f"the {_cause(change)}, {change.before} -> {change.after}"
