"""What a pickled NumPy array says of itself, as plain records: NumPy sees none of it before all of it was checked.

NumPy's own functions for unpickling take any arguments, and some of them make it write to addresses of the file's
choosing: an array of objects made from raw bytes, a state whose list is shorter than its shape. So the names that a
pickle calls are bound to the functions here (GLOBALS), which accept what NumPy 1 and 2 write and nothing else.
Source of the forms: ndarray.__reduce__, __reduce_ex__ and __setstate__, dtype.__reduce__ and __setstate__ of NumPy.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_TYPE = re.compile(r"([buifcSU])(\d{1,6})")
_NUMERIC = frozenset(
    ("b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8", "f16", "c8", "c16", "c32")
)
_MOST_AXES, _LONGEST_AXIS = 8, 2**40


class Refused(ValueError):
    """A pickle asks for something that no CIFAR-10 batch needs; the text names it."""


class Corrupt(ValueError):
    """It is not a pickle, or its arrays are damaged; the text says why."""


@dataclass(slots=True)
class DType:
    """The type of an array's elements: NumPy's letter and size, such as `u1`, and the order of bytes."""

    code: str
    order: str = "="

    @property
    def itemsize(self) -> int:
        return int(self.code[1:]) * (4 if self.code[0] == "U" else 1)

    @property
    def integer(self) -> bool:
        return self.code[0] in "iu"

    @property
    def name(self) -> str:
        """As NumPy calls it, such as `uint8`."""
        return np.dtype(self.code).name if self.code in _NUMERIC - {"f16", "c32"} else self.code  # those are Linux's

    def set_state(self, state: object) -> None:
        """What dtype.__setstate__ takes. Raises Corrupt for what a type without fields does not have."""
        if not isinstance(state, tuple) or len(state) not in (8, 9) or state[2:5] != (None, None, None):
            raise Corrupt(f"the type {self.code} has an unknown state")
        order = _text(state[1])
        if order not in ("<", ">", "|", "="):
            raise Corrupt(f"the type {self.code} has an unknown order of bytes")
        self.order = order


@dataclass(slots=True)
class Scalar:
    """One NumPy number: its type and its bytes."""

    dtype: DType
    data: bytes

    def number(self) -> int:
        """The whole number it is. Raises Corrupt for another type."""
        if not self.dtype.integer:
            raise Corrupt(f"a {self.dtype.name} is not a whole number")
        return int(np.frombuffer(self.data, _numpy_type(self.dtype))[0])


@dataclass(slots=True)
class Array:
    """An array: type, shape, whether the first index changes fastest (Fortran), and its elements' bytes."""

    dtype: DType
    shape: tuple[int, ...] = ()
    fortran: bool = False
    data: bytes | None = None

    def set_state(self, state: object) -> None:
        """What ndarray.__setstate__ takes. Raises Corrupt where the bytes are not as many as type and shape need."""
        if not isinstance(state, tuple) or len(state) != 5:
            raise Corrupt("an array has an unknown state")
        _, shape, dtype, fortran, data = state
        self.dtype, self.shape, self.data = _sound(dtype, shape, data)
        self.fortran = fortran in (True, 1) if isinstance(fortran, bool | int) else False

    def values(self) -> npt.NDArray[np.integer]:
        """The elements, as NumPy's; read-only, nothing is copied. Raises Corrupt for other than whole numbers."""
        if self.data is None or not self.dtype.integer:
            raise Corrupt("an array of other than whole numbers")
        flat = np.frombuffer(self.data, _numpy_type(self.dtype))
        return flat.reshape(self.shape, order="F" if self.fortran else "C")

    def __str__(self) -> str:
        return f"{self.dtype.name} {list(self.shape)}" if self.data is not None else "an array without elements"


def _numpy_type(dtype: DType) -> np.dtype[np.integer]:
    return np.dtype((dtype.order if dtype.order in "<>" else "") + dtype.code)


def _sound(dtype: object, shape: object, data: object) -> tuple[DType, tuple[int, ...], bytes]:
    """The three, if they belong together. Raises Corrupt."""
    if not isinstance(dtype, DType) or not isinstance(shape, tuple) or not isinstance(data, bytes):
        raise Corrupt("an array lacks a type, a shape or bytes")
    if len(shape) > _MOST_AXES or not all(type(n) is int and 0 <= n <= _LONGEST_AXIS for n in shape):
        raise Corrupt("an array has an impossible shape")
    if math.prod(shape) * dtype.itemsize != len(data):
        raise Corrupt(f"an array of {dtype.name} {list(shape)} has {len(data):,} bytes")
    return dtype, shape, data


def _text(value: object) -> str:
    """Python 2's strings are bytes here, Python 3's are strings."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return text if isinstance(text, str) else ""


def dtype(code: object, *flags: object) -> DType:
    """numpy.dtype(code, align, copy), of numbers and of strings of a fixed length. Raises Refused for any other."""
    text = _text(code)
    matched = _TYPE.fullmatch(text)
    if not matched or not (text in _NUMERIC or matched[1] in "SU"):
        raise Refused(f"an array of type '{text or type(code).__name__}'")
    if len(flags) > 2 or not all(flag in (0, 1) for flag in flags if isinstance(flag, int)):
        raise Corrupt("a type has unknown arguments")
    return DType(text)


def reconstruct(kind: object, shape: object, code: object) -> Array:
    """NumPy's _reconstruct: an array whose state is still to come."""
    if kind is not ndarray:
        raise Corrupt("an array of an unknown class")
    return Array(dtype("u1"))


def from_buffer(data: object, dtype: object, shape: object, order: object, axes: object = None) -> Array:
    """NumPy's _frombuffer, which protocol 5 calls."""
    kind, axis_lengths, content = _sound(dtype, shape, data)
    if axes is None and _text(order) in ("C", "F"):
        return Array(kind, axis_lengths, _text(order) == "F", content)
    backwards = tuple(reversed(range(len(axis_lengths))))
    if _text(order) != "K" or axes != backwards:  # other orders of axes need three of them, and a batch has two
        raise Corrupt("an array has an unknown order of elements")
    return Array(kind, axis_lengths[::-1], True, content)


def scalar(dtype: object, data: object) -> Scalar:
    """NumPy's scalar: one number."""
    kind, _, content = _sound(dtype, (), data)
    return Scalar(kind, content)


def encode(text: object, encoding: object) -> bytes:
    """codecs.encode, by which protocols 0 to 2 write bytes."""
    if not isinstance(text, str) or _text(encoding).lower().replace("-", "") not in ("latin1", "iso88591"):
        raise Corrupt("bytes in an unknown encoding")
    return text.encode("latin-1")


def as_bytes(content: object = b"", encoding: object = "latin-1") -> bytes:
    """bytes() and bytearray(), by which protocols 0 to 4 write empty bytes and bytearrays."""
    return content if isinstance(content, bytes) else encode(content, encoding)


def ndarray(*_: object) -> object:
    """numpy.ndarray, which a pickle names and never calls."""
    raise Refused("a call of numpy.ndarray")


_OLD_AND_NEW = ("numpy.core", "numpy._core")  # NumPy 1 and 2
GLOBALS: Mapping[tuple[str, str], Callable[..., object]] = {
    **{(module, "ndarray"): ndarray for module in ("numpy", *(f"{core}.multiarray" for core in _OLD_AND_NEW))},
    **{(module, "dtype"): dtype for module in ("numpy", *(f"{core}.multiarray" for core in _OLD_AND_NEW))},
    **{(f"{core}.multiarray", "_reconstruct"): reconstruct for core in _OLD_AND_NEW},
    **{(f"{core}.multiarray", "scalar"): scalar for core in _OLD_AND_NEW},
    **{(f"{core}.numeric", "_frombuffer"): from_buffer for core in _OLD_AND_NEW},
    ("_codecs", "encode"): encode,
    **{(module, name): as_bytes for module in ("builtins", "__builtin__") for name in ("bytes", "bytearray")},
}
