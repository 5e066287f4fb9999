"""Collects the state of the user's code: globals, closures, defaults, class attributes, the driver's locals."""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.autograph.probe.child.leaves import leaves
from bench.autograph.probe.child.ownership import UserProject
from bench.autograph.probe.records import Leaf

SUITE = tuple(Path(__file__).resolve().parents[4] / name for name in ("bench", "cifar_core"))


class State:
    """The state of the modules of a project, without those of this suite."""

    def __init__(self, file: Path) -> None:
        self._file, self._project = file.resolve(), UserProject(file)

    def modules(self) -> list[ModuleType]:
        """The loaded modules of the project, in the order in which they were imported."""
        return [module for module in list(sys.modules.values()) if self._has(module)]

    def is_users(self, value: Any) -> bool:
        """Is it an object of a class of the project?"""
        module = sys.modules.get(type(value).__module__)
        return module is not None and self._has(module) and hasattr(value, "__dict__")

    def of_modules(self) -> tuple[Leaf, ...]:
        """Globals, with the attributes of classes and the closures and defaults of functions."""
        collected = list[Leaf]()
        for module in self.modules():
            prefix = "" if Path(module.__file__ or "").resolve() == self._file else f"{module.__name__}."
            named = {name: value for name, value in vars(module).items() if not name.startswith("__")}
            values = {f"global {prefix}{name}": value for name, value in named.items()}
            collected += self.of(values, partial(_is_of, module.__name__))
        return tuple(collected)

    def of(self, values: Mapping[str, Any], is_defined_here: Callable[[Any], bool] = lambda value: True) -> list[Leaf]:
        """The leaves of values, by path, without functions and classes that are not `is_defined_here`."""
        collected = list[Leaf]()
        for path, value in values.items():
            if isinstance(value, ModuleType) or (
                callable(value) and not self.is_users(value) and not is_defined_here(value)
            ):
                continue
            for part_path, part in _opened(path, value):
                collected += leaves(part, part_path, self.is_users)
        return collected

    def _has(self, module: Any) -> bool:
        file = getattr(module, "__file__", None)
        if not file or "__autograph_generated_file" in file or not self._project.contains(file):
            return False
        return not any(Path(file).resolve().is_relative_to(folder) for folder in SUITE)


def _is_of(module: str, value: Any) -> bool:
    return getattr(value, "__module__", module) == module


def _opened(path: str, value: Any) -> Iterable[tuple[str, Any]]:
    """A class as its attributes, a function as its closure and defaults, anything else as it is."""
    value = inspect.unwrap(value) if callable(value) and not inspect.isclass(value) else value
    value = getattr(value, "python_function", value)
    name = path.partition(" ")[2]
    if inspect.isclass(value):
        plain = {key: part for key, part in vars(value).items() if not key.startswith("_") and not _is_code(part)}
        return [(f"class attribute {name}.{key}", part) for key, part in plain.items()]
    if inspect.isfunction(value):
        return [*_closure(name, value), *_defaults(name, value)]
    return [] if inspect.isroutine(value) else [(path, value)]


def _is_code(value: Any) -> bool:
    return callable(value) or isinstance(value, property | staticmethod | classmethod) or hasattr(value, "__get__")


def _closure(name: str, function: Any) -> list[tuple[str, Any]]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=False)
    variables = []
    for variable, cell in cells:
        try:
            value = cell.cell_contents
        except ValueError:  # not filled yet
            continue
        if not callable(value):
            variables.append((f"closure of {name}: {variable}", value))
    return variables


def _defaults(name: str, function: Any) -> list[tuple[str, Any]]:
    mutable = [value for value in function.__defaults__ or () if isinstance(value, list | dict | set)]
    return [(f"default of {name}[{position}]", value) for position, value in enumerate(mutable)]
