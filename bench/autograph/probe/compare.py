"""Two modes of one driver held against each other: what differs, said in one line each. Pure; no TensorFlow, no files.

Leaves out what a child sees (probe_child.py) and which line of source is to blame (probe_join.py).
"""

import re
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bench.autograph.probe.records import ArgumentChange, Leaf, ModeRun, ObservedFunction, Retrace

MOST = 8  # differences of one kind that are told
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\binf\b|\bnan\b")
SILENT = ("AG203", "AG302", "AG303", "AG306", "AG308", "AG405", "AG701", "AG702", "AG703", "AG705", "AG706", "AG707")
SILENT_XLA = ("AG802", "AG803", "AG804", "AG806", "AG807")
CAUSES = {"value": "AG401", "shape": "AG402", "object": "AG403"}  # of a retrace, and the rules they break


@dataclass(frozen=True, slots=True)
class Observation:
    """Something that was seen. `codes` are the rules that may be behind it; `diverges`: the modes do not do the same.

    `name` is that of the variable or attribute that is not what it should be, where it is one.
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


def observations(seen: Sequence[ModeRun], tolerance: float) -> tuple[Observation, ...]:
    """All there is to say: what diverges from the first mode, then what costs time. The same in two modes is one."""
    reference, *others = seen
    found = [one for other in others for one in diverging(reference, other, tolerance)]
    found += [one for one_of in others for one in costly(one_of)]
    merged = dict[tuple[str, str], Observation]()
    for one in found:
        before = merged.get((one.kind, one.text))
        modes = tuple(dict.fromkeys((*(before.modes if before else ()), *one.modes)))
        merged[one.kind, one.text] = replace(one, modes=modes)
    return tuple(merged.values())


def diverging(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    """Where a mode does not do what the reference does. After an exception only the calls before it are compared."""
    mode = (other.mode,)
    if other.limit or reference.limit:
        text = other.limit or f"{reference.mode}: {reference.limit}"
        name = re.search(r"(\S+) (?:went beyond|did not end|took more)", text)
        return [Observation("limit", mode, text, ("AG102", "AG604", "AG509"), name[1] if name else "")]
    codes = SILENT_XLA + SILENT if other.mode == "xla" else SILENT
    calls = _calls(reference, other, tolerance, codes)
    if _kind(reference) != _kind(other):
        return [_exception(reference, other), *calls]
    found = [*calls, *_result(reference, other, tolerance, () if calls else codes)]
    return [*found, *_printed(reference, other, tolerance), *_state(reference, other, tolerance)]


def _kind(seen: ModeRun) -> str:
    return seen.raised.kind if seen.raised else ""


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
    """What the driver returned; where a call's result differs already, this follows from it, and has no code."""
    found = differences(reference.result, other.result, tolerance)
    if not found:
        return []
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return [Observation("result", (other.mode,), f"{found[0]} ({reference.mode} / here){more}", codes)]


def _calls(reference: ModeRun, other: ModeRun, tolerance: float, codes: tuple[str, ...]) -> list[Observation]:
    """The first call of each function whose result differs."""
    found = []
    for ours, theirs in zip(reference.functions, other.functions, strict=False):
        if (ours.name, ours.line) != (theirs.name, theirs.line):
            break  # other functions were made: what they return is not to be compared one by one
        if call := first_differing(ours, theirs, tolerance):
            number, text = call
            said = f"{theirs.name}, call {number}: {text} ({reference.mode} / here)"
            found.append(Observation("call", (other.mode,), said, codes, theirs.name, theirs.file, theirs.line))
    return found


def first_differing(ours: ObservedFunction, theirs: ObservedFunction, tolerance: float) -> tuple[int, str] | None:
    """The number of the first call whose results differ, and how."""
    for number, (a, b) in enumerate(zip(ours.results, theirs.results, strict=False), 1):
        if found := differences(a, b, tolerance):
            return number, found[0]
    return None


def _printed(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    found = []
    for name in ("stdout", "stderr"):
        text = lines_differ(getattr(reference, name), getattr(other, name), tolerance)
        if text:
            said = f"{name}: {text} ({reference.mode} / here)"
            found.append(Observation("printed", (other.mode,), said, ("AG101", "AG104")))
    return found


def lines_differ(ours: Sequence[str], theirs: Sequence[str], tolerance: float) -> str:
    """How printed lines differ; their numbers may, within the tolerance. Empty where they do not."""
    for a, b in zip(ours, theirs, strict=False):
        if not _same_line(a, b, tolerance):
            count = "" if len(ours) == len(theirs) else f"{len(ours)} lines / {len(theirs)}; "
            return f"{count}{a[:70]!r} / {b[:70]!r}"
    return "" if len(ours) == len(theirs) else f"{len(ours)} lines / {len(theirs)}"


def _same_line(a: str, b: str, tolerance: float) -> bool:
    if _NUMBER.sub("#", a) != _NUMBER.sub("#", b):
        return False
    pairs = zip(_NUMBER.findall(a), _NUMBER.findall(b), strict=True)
    return all(x == y or close(float(x), float(y), tolerance) for x, y in pairs)


def _state(reference: ModeRun, other: ModeRun, tolerance: float) -> list[Observation]:
    """What was changed in globals, closures and attributes: symbolic tensors, and what it is not in the reference."""
    mode, found = (other.mode,), list[Observation]()
    before = {leaf.path: leaf.text for leaf in reference.before}
    leaks = Counter(owner(leaf.path) for leaf in (*other.state, *other.result) if leaf.symbolic)
    for path, count in list(leaks.items())[:MOST]:
        what = f"{count} symbolic tensors" if count > 1 else "a symbolic tensor"
        found.append(_of_name("leak", mode, path, f"{path} is left holding {what}, of no use outside the trace"))
    changed = _changed(reference) | _changed(other)
    ours, theirs = ([leaf for leaf in one.state if leaf.path in changed] for one in (reference, other))
    for text in differences(ours, theirs, tolerance):
        path = text.partition(": ")[0] if not text.startswith("closure") else ": ".join(text.split(": ")[:2])
        was = f", {before[path]} before" if path in before else ""
        if owner(path) not in leaks:
            found.append(_of_name("state", mode, owner(path), f"{text} ({reference.mode} / here{was})"))
    return found


def _changed(seen: ModeRun) -> set[str]:
    """The paths of what is not as it was before. A date or a process's number may differ, where nothing changed it."""
    before, after = ({leaf.path: leaf for leaf in leaves} for leaves in (seen.before, seen.state))
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def owner(path: str) -> str:
    """The variable or attribute that a path lies in: `global losses` of `global losses[0]`."""
    return path.partition("[")[0]


def _of_name(kind: str, mode: tuple[str, ...], path: str, text: str) -> Observation:
    codes = ("AG301", "AG302", "AG303", "AG304", "AG307", "AG203")
    return Observation(kind, mode, text, codes, name=re.findall(r"\w+", path)[-1])


def differences(ours: Iterable[Leaf], theirs: Iterable[Leaf], tolerance: float) -> list[str]:
    """`path: one / other` for what differs, the outermost of nested things only, at most MOST."""
    there, found, told = {leaf.path: leaf for leaf in theirs}, list[str](), list[str]()
    ours = list(ours)
    for leaf in ours:
        other = there.pop(leaf.path, None)
        inside = any(leaf.path.startswith((f"{path}[", f"{path}.")) for path in told)
        if not inside and (text := _differs(leaf, other, tolerance)):
            told.append(leaf.path)
            found.append(f"{leaf.path}: {text}")
    for path, other in there.items():
        if not any(path.startswith((f"{above}[", f"{above}.")) for above in told):
            told.append(path)
            found.append(f"{path}: nothing / {_shown(other)}")
    return found[:MOST]


def _differs(leaf: Leaf, other: Leaf | None, tolerance: float) -> str:
    """As 'one / other', empty where they are the same."""
    if other is None:
        return f"{_shown(leaf)} / nothing"
    if leaf.numbers is None or other.numbers is None:
        same = leaf.text == other.text and (leaf.kind == other.kind or not leaf.text)
        return "" if same else f"{_shown(leaf)} / {_shown(other)}"
    if leaf.shape != other.shape:
        return f"shape {list(leaf.shape)} / {list(other.shape)}"
    if _tensors(leaf, other) and leaf.kind != other.kind:
        return f"{leaf.kind} / {other.kind}"
    count = len(leaf.numbers) // 8
    pairs = zip(struct.unpack(f"{count}d", leaf.numbers), struct.unpack(f"{count}d", other.numbers), strict=True)
    if all(close(a, b, tolerance) for a, b in pairs):
        return ""
    return f"{leaf.text} / {other.text}"


def _tensors(leaf: Leaf, other: Leaf) -> bool:
    """Whether neither is a plain Python number, which a graph turns into a tensor."""
    return not {leaf.kind, other.kind} & {"int", "float"}


def _shown(leaf: Leaf) -> str:
    return leaf.text or leaf.kind


def close(a: float, b: float, tolerance: float) -> bool:
    """Within the tolerance of the larger one, or both as good as nothing; a NaN is like a NaN."""
    return a == b or (a != a and b != b) or abs(a - b) <= tolerance * max(abs(a), abs(b)) + tolerance * 1e-2


def costly(seen: ModeRun) -> list[Observation]:
    """What makes a mode trace or compile again and again, though it does the same."""
    found = []
    for function in seen.functions:
        place = {"function": function.name, "file": function.file, "line": function.line, "diverges": False}
        for text, codes in _costs(function):
            found.append(Observation("cost", (seen.mode,), f"{function.name}: {text}", codes, **place))  # type: ignore[arg-type]
    return found


def _costs(function: ObservedFunction) -> list[tuple[str, tuple[str, ...]]]:
    found = list[tuple[str, tuple[str, ...]]]()
    by_cause = dict[str, list[Retrace]]()
    for retrace in function.retraces:
        for change in retrace.changes:
            by_cause.setdefault(f"{change.what} of `{change.argument}`", []).append(retrace)
    for cause, retraces in by_cause.items():
        change = next(one for one in retraces[0].changes if f"{one.what} of `{one.argument}`" == cause)
        times = f", {len(retraces)} times in all" if len(retraces) > 1 else ""
        codes = (CAUSES[change.what],) if change.what in CAUSES else ()
        found.append((f"call {retraces[0].call} was traced anew: {changed(change)}{times}", codes))
    if function.built > 1 and function.traces > 1:
        found.append((f"{function.built} tf.functions were made of it, each traced for itself", ("AG404",)))
    if function.compiles > max(function.traces, 1):
        found.append((f"XLA compiled it {function.compiles} times for {function.traces} traces", ("AG805",)))
    return found


def changed(change: ArgumentChange) -> str:
    """'the shape of `x` (32,) -> (17,)'."""
    return f"the {change.what} of `{change.argument}`, {change.before} -> {change.after}"
