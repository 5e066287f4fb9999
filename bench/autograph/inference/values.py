"""The record of a value: its kind, where the object came from, and whether it is a tensor."""

import ast
from dataclasses import dataclass, replace
from enum import IntEnum


class Tensor(IntEnum):
    """Is it a tensor? LIKELY is a parameter of a compiled function about which nothing else is known."""

    NO = 0
    UNKNOWN = 1
    LIKELY = 2
    YES = 3


TENSORS = ("tensor", "variable")
CONTAINERS = ("list", "dict", "set")
_UNKNOWN_KINDS = ("unknown", "object", "function")


@dataclass(frozen=True, slots=True)
class Value:
    """What is known about a value.

    `kind`: tensor, variable, dataset, tensorarray, list, dict, set, tuple, enumerated, ndarray, python, iterator,
    object, function, unknown. `origin` of the object: fresh (made in this call), captured (from around the function,
    or of `self`), parameter, unknown. `name` is the name in the source of an object that came from outside.
    """

    kind: str = "unknown"
    origin: str = "unknown"
    sure: bool = True
    name: str = ""
    item: "Value | None" = None  # of a container
    owner: ast.ClassDef | None = None  # the class of an object
    parts: tuple["Value", ...] = ()  # of a tuple whose elements are written one by one

    @property
    def tensor(self) -> Tensor:
        """Is it a tensor?"""
        if self.kind in TENSORS:
            return Tensor.YES if self.sure else Tensor.LIKELY
        return Tensor.UNKNOWN if self.kind in _UNKNOWN_KINDS else Tensor.NO

    @property
    def outer(self) -> bool:
        """Does the object outlive the call?"""
        return self.origin in ("captured", "parameter")


UNKNOWN = Value()
PYTHON = Value("python", "fresh")
TENSOR = Value("tensor", "fresh")
LIKELY = Value("tensor", "fresh", sure=False)


def join(first: Value, second: Value) -> Value:
    """What is known about a value that is one or the other."""
    if first == second:
        return first
    # Where one of the two came from outside, a mutation may reach it.
    captured = next((value for value in (first, second) if value.origin == "captured"), None)
    origin = captured.origin if captured else first.origin if first.origin == second.origin else "unknown"
    name = captured.name if captured else first.name if first.name == second.name else ""
    if first.kind == second.kind:
        item = join(first.item, second.item) if first.item and second.item else None
        same_length = len(first.parts) == len(second.parts)
        parts = tuple(map(join, first.parts, second.parts)) if same_length else ()
        return replace(first, origin=origin, name=name, sure=first.sure and second.sure, item=item, parts=parts)
    tensors = [value for value in (first, second) if value.kind == "tensor"]
    # What is taken for a tensor for want of knowledge, and is a list elsewhere, is more likely a list here too.
    listed = any(value.kind in ("tuple", *CONTAINERS) for value in (first, second)) and not all(
        value.sure for value in tensors
    )
    if tensors and "unknown" not in (first.kind, second.kind) and not listed:
        return Value("tensor", origin, sure=False, name=name)
    return Value("unknown", origin, name=name)


def combine(*operands: Value) -> Value:
    """The result of an operator: a tensor as soon as one operand is a tensor."""
    level = max((operand.tensor for operand in operands), default=Tensor.NO)
    if level is Tensor.YES:
        return TENSOR
    if level is Tensor.LIKELY:
        return LIKELY
    arrays = any(operand.kind == "ndarray" for operand in operands)
    return UNKNOWN if level is Tensor.UNKNOWN else Value("ndarray" if arrays else "python", "fresh")
