"""What a person's code keeps outside its calls: globals, closures, defaults, class attributes, the driver's locals.

Leaves out how a value is taken apart (probe_values.py).
"""

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
    """The modules of a project: those that lie in the folder of its file, without this suite's own."""

    def __init__(self, file: Path) -> None:
        self._file, self._theirs = file.resolve(), UserProject(file)

    def modules(self) -> list[ModuleType]:
        """Those that are loaded, in the order they were."""
        return [module for module in list(sys.modules.values()) if self._has(module)]

    def ours(self, value: Any) -> bool:
        """Whether it is an object of a class of the project's own."""
        module = sys.modules.get(type(value).__module__)
        return module is not None and self._has(module) and hasattr(value, "__dict__")

    def of_modules(self) -> tuple[Leaf, ...]:
        """Globals, with the classes' attributes and the functions' closures and defaults."""
        found = list[Leaf]()
        for module in self.modules():
            whose = "" if Path(module.__file__ or "").resolve() == self._file else f"{module.__name__}."
            named = {name: value for name, value in vars(module).items() if not name.startswith("__")}
            values = {f"global {whose}{name}": value for name, value in named.items()}
            found += self.of(values, partial(_is_of, module.__name__))
        return tuple(found)

    def of(self, values: Mapping[str, Any], here: Callable[[Any], bool] = lambda value: True) -> list[Leaf]:
        """Of values by their paths; what is defined elsewhere than `here` belongs to its own module."""
        found = list[Leaf]()
        for path, value in values.items():
            if isinstance(value, ModuleType) or (callable(value) and not self.ours(value) and not here(value)):
                continue
            for place, part in _opened(path, value):
                found += leaves(part, place, self.ours)
        return found

    def _has(self, module: Any) -> bool:
        file = getattr(module, "__file__", None)
        if not file or "__autograph_generated_file" in file or not self._theirs.has(file):
            return False
        return not any(Path(file).resolve().is_relative_to(folder) for folder in SUITE)


def _is_of(module: str, value: Any) -> bool:
    return getattr(value, "__module__", module) == module


def _opened(path: str, value: Any) -> Iterable[tuple[str, Any]]:
    """A class as its attributes, a function as what it holds; anything else as it is."""
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
    found = []
    for variable, cell in cells:
        try:
            value = cell.cell_contents
        except ValueError:  # not filled yet
            continue
        if not callable(value):
            found.append((f"closure of {name}: {variable}", value))
    return found


def _defaults(name: str, function: Any) -> list[tuple[str, Any]]:
    held = [value for value in function.__defaults__ or () if isinstance(value, list | dict | set)]
    return [(f"default of {name}[{place}]", value) for place, value in enumerate(held)]
