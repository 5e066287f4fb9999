"""How values and printed lines differ, as text."""

import re
import struct
from collections.abc import Iterable, Sequence

from bench.autograph.probe.records import Leaf

MOST = 8  # reported differences of one kind
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|\binf\b|\bnan\b")


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
