"""The function that is explained: found by its name, with the arguments it is called with.

Imports and runs the person's code: only in a child process. Leaves out what is seen of it.
"""

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import tensorflow as tf

from bench.autograph import driver
from bench.autograph.explain.records import Request
from bench.errors import BenchError


@dataclass(frozen=True, slots=True)
class Target:
    """`python` is the function as written; `call(*arguments)` calls it, its object and keywords already with it."""

    name: str
    python: Callable[..., Any]
    call: Callable[..., Any]
    arguments: tuple[Any, ...]


class _DriverDone(BaseException):
    """Ends a driver once it has called the function; no Exception, so that no `except` of the driver's stops it."""


def find(request: Request) -> Target:
    """Import, and have the arguments. Raises BenchError where there is no such function, or what the code raises."""
    place, _, path = request.target.partition("::" if "::" in request.target else ":")
    module = driver.load(place)
    owner, name = _owner(module, path)
    python = _python(inspect.getattr_static(owner, name, None), request.target)
    if request.driver:
        arguments, keywords = _captured(owner, name, driver.find(module, request.driver))
    else:
        arguments, keywords = _evaluated(request.arguments, module)
    needed = inspect.signature(python)
    try:
        needed.bind(*arguments, **keywords)
    except TypeError as error:
        raise BenchError(
            f"{path}{needed} cannot be called so: {error}; type e.g. --args 'tf.constant(1.0)', "
            "or --driver with a function of that file that calls it once"
        ) from None
    call = python
    if "." in path and arguments and isinstance(owner, type) and isinstance(arguments[0], owner):
        call, arguments = types.MethodType(python, arguments[0]), arguments[1:]
    if keywords or request.drops_operations:
        call = _plain(call, keywords)
    return Target(path, python, call, arguments)


def _plain(call: Callable[..., Any], keywords: dict[str, Any]) -> Callable[..., Any]:
    """With its keywords, and of what it returns only what a tf.function may return."""

    # No functools.partial: TensorFlow cannot give the HLO of one.
    def called(*arguments: Any) -> Any:
        result = call(*arguments, **keywords)
        return tf.nest.map_structure(lambda part: None if isinstance(part, tf.Operation) else part, result)

    return called


def _owner(module: types.ModuleType, path: str) -> tuple[Any, str]:
    """The module or class that holds it, and its name there."""
    *classes, name = path.split(".")
    owner: Any = module
    for part in classes:
        owner = getattr(owner, part, None)
    return owner, name


def _python(found: Any, target: str) -> Callable[..., Any]:
    """The Python function in whatever it is wrapped in. Raises BenchError."""
    found = getattr(found, "__func__", found)  # of a staticmethod or classmethod
    found = getattr(found, "python_function", found)  # of a tf.function
    if not inspect.isfunction(found):
        what = "is not there" if found is None else f"is a {type(found).__name__}, no Python function"
        raise BenchError(f"{target} {what}; name a function or a method: file.py::function, file.py::Class.method")
    return found


def _captured(owner: Any, name: str, drive: Callable[[], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What the driver calls it with first. Raises BenchError where it does not call it through its own name."""
    calls = []

    def record(*arguments: Any, **keywords: Any) -> NoReturn:
        calls.append((arguments, keywords))
        raise _DriverDone

    original = inspect.getattr_static(owner, name)
    setattr(owner, name, staticmethod(record) if isinstance(original, staticmethod) else record)
    try:
        drive()
    except _DriverDone:
        return calls[0]
    finally:
        setattr(owner, name, original)
    raise BenchError(f"{drive.__name__}() did not call {name} of {owner.__name__}, so its arguments are not known")


def _evaluated(text: str, module: types.ModuleType) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """An argument list, with TensorFlow, NumPy and the module's own names. Raises BenchError."""
    names = {**vars(module), "tf": tf, "np": np, "_list": lambda *arguments, **keywords: (arguments, keywords)}
    try:
        given: tuple[tuple[Any, ...], dict[str, Any]] = eval(f"_list({text})", names)  # noqa: S307 - the user's own
    except Exception as error:
        raise BenchError(f"--args '{text}': {type(error).__name__}: {error}; type e.g. 'tf.constant(1.0), 3'") from None
    return given
