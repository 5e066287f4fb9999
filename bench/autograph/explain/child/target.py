"""Finds the function to explain by its name, and the arguments it is called with. Runs the user's code."""

import inspect
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import tensorflow as tf

from bench.autograph.driver import find_driver, load_module
from bench.autograph.explain.records import DRIVER_OF_METHOD, Request
from bench.errors import BenchError


@dataclass(frozen=True, slots=True)
class Target:
    """`python` is the function as written; `call(*arguments)` calls it with its object and keywords bound."""

    name: str
    python: Callable[..., Any]
    call: Callable[..., Any]
    arguments: tuple[Any, ...]


class _DriverDone(BaseException):
    """Ends a driver once it has called the function. No Exception, so that the driver does not catch it."""


def find_target(request: Request) -> Target:
    """Import the function and get its arguments.

    Raises BenchError where there is no such function, and whatever the user's code raises.
    """
    module_name, _, path = request.target.partition("::" if "::" in request.target else ":")
    module = load_module(module_name)
    owner, name = _owner(module, path)
    python = _python(inspect.getattr_static(owner, name, None), request.target)
    if request.driver:
        arguments, keywords = _captured(owner, name, find_driver(module, request.driver))
    else:
        arguments, keywords = _evaluated(request.arguments, module)
    signature = inspect.signature(python)
    try:
        signature.bind(*arguments, **keywords)
    except TypeError as error:
        raise BenchError(f"{path}{signature} cannot be called like this: {error}; {_how_to_call(path)}") from None
    call = python
    if "." in path and arguments and isinstance(owner, type) and isinstance(arguments[0], owner):
        call, arguments = types.MethodType(python, arguments[0]), arguments[1:]
    if keywords or request.drops_operations:
        call = _plain(call, keywords)
    return Target(path, python, call, arguments)


def _how_to_call(path: str) -> str:
    """What to type so that a function's arguments are known; a method's object is one of them."""
    if "." in path:
        return f"it is a method: type --driver {DRIVER_OF_METHOD}"
    return "type e.g. --args 'tf.constant(1.0)', or --driver with a function of that file that calls it once"


def _plain(call: Callable[..., Any], keywords: dict[str, Any]) -> Callable[..., Any]:
    """A call with these keywords that returns only what a tf.function may return."""

    # No functools.partial: TensorFlow cannot return its HLO.
    def plain_call(*arguments: Any) -> Any:
        result = call(*arguments, **keywords)
        return tf.nest.map_structure(lambda value: None if isinstance(value, tf.Operation) else value, result)

    return plain_call


def _owner(module: types.ModuleType, path: str) -> tuple[Any, str]:
    """The module or class that holds the function, and its name there."""
    *classes, name = path.split(".")
    owner: Any = module
    for class_name in classes:
        owner = getattr(owner, class_name, None)
    return owner, name


def _python(attribute: Any, target: str) -> Callable[..., Any]:
    """The Python function without its wrappers. Raises BenchError where it is not a Python function."""
    attribute = getattr(attribute, "__func__", attribute)  # of a staticmethod or classmethod
    attribute = getattr(attribute, "python_function", attribute)  # of a tf.function
    if not inspect.isfunction(attribute):
        problem = "is not there" if attribute is None else f"is a {type(attribute).__name__}, no Python function"
        raise BenchError(f"{target} {problem}; name a function or a method: file.py::function, file.py::Class.method")
    return attribute


def _captured(owner: Any, name: str, driver: Callable[[], Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of the driver's first call. Raises BenchError where it does not call the function by its name."""
    calls = []

    def record(*arguments: Any, **keywords: Any) -> NoReturn:
        calls.append((arguments, keywords))
        raise _DriverDone

    original = inspect.getattr_static(owner, name)
    setattr(owner, name, staticmethod(record) if isinstance(original, staticmethod) else record)
    try:
        driver()
    except _DriverDone:
        return calls[0]
    finally:
        setattr(owner, name, original)
    raise BenchError(f"{driver.__name__}() did not call {name} of {owner.__name__}, so its arguments are not known")


def _evaluated(text: str, module: types.ModuleType) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """An argument list, evaluated with tf, np and the module's names. Raises BenchError where that fails."""
    names = {**vars(module), "tf": tf, "np": np, "_list": lambda *arguments, **keywords: (arguments, keywords)}
    try:
        call_arguments: tuple[tuple[Any, ...], dict[str, Any]] = eval(f"_list({text})", names)  # noqa: S307 - the user's own
    except Exception as error:
        raise BenchError(f"--args '{text}': {type(error).__name__}: {error}; type e.g. 'tf.constant(1.0), 3'") from None
    return call_arguments
