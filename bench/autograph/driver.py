"""A person's module, and the function in it that drives the rest: found by name. Imports their code: only in a child.

Leaves out what is done with it (explain_target.py, probe_child.py).
"""

import importlib
import importlib.util
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from bench.errors import BenchError


@dataclass(frozen=True, slots=True)
class Driver:
    """What a probe calls, and the file whose folder is the person's project.

    `owner` is what its local names are called by; `traced` are functions, as file and line, that it has traced.
    """

    drive: Callable[[], Any]
    file: str
    owner: str
    traced: list[tuple[str, int]] = field(default_factory=list)


def load(place: str) -> ModuleType:
    """A module by its name, from the current folder first, or a file by its path. Raises BenchError, or its errors."""
    if not place.endswith(".py"):
        here = _search_here()
        try:
            return importlib.import_module(place)
        except ModuleNotFoundError as error:
            if error.name and (place == error.name or place.startswith(f"{error.name}.")):
                raise BenchError(f"there is no module {error.name}, neither in {here} nor on Python's path") from None
            raise
    file = Path(place).resolve()
    if not file.is_file():
        raise BenchError(f"there is no file {place}; type a path that ends in .py, or a module's name")
    sys.path.insert(0, str(file.parent))  # as for a script: what lies beside it can be imported
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module  # before it runs, as an import does: pickles and dataclasses look there
    spec.loader.exec_module(module)
    return module


def located(place: str) -> Path:
    """The file in whose folder the code lies that `load` would import; of a package, its first. Imports nothing."""
    if place.endswith(".py"):
        return Path(place)
    here, name = _search_here(), place.partition(".")[0]
    spec = importlib.util.find_spec(name)
    if spec and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)), "__init__.py")
    return Path(spec.origin) if spec and spec.origin else Path(here, f"{name}.py")


def _search_here() -> str:
    """Makes Python look in the current folder first, as for a script."""
    if (here := os.getcwd()) not in sys.path[:1]:
        sys.path.insert(0, here)
    return here


def find(module: ModuleType, name: str) -> Callable[[], Any]:
    """The driver: a function of this module, or `module:function`. Raises BenchError."""
    if ":" in name:
        place, _, name = name.partition("::" if "::" in name else ":")
        module = load(place)
    driver = getattr(module, name, None)
    if not callable(driver):
        raise BenchError(f"{module.__name__} has no function {name}; --driver names one without arguments")
    found: Callable[[], Any] = driver
    return found
