"""Finds the user's module and its driver function by name. Importing runs the user's code: only in a child process."""

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
from cifar_core.own_names import explained, share


@dataclass(frozen=True, slots=True)
class Driver:
    """What a probe calls, and the file whose folder is the user's project.

    `prefix` stands before the names of its locals; `traced` are functions, by file and line, that it has traced.
    """

    call: Callable[[], Any]
    file: str
    prefix: str
    traced: list[tuple[str, int]] = field(default_factory=list)


def load_module(name_or_path: str) -> ModuleType:
    """Import a module by name, from the current folder first, or a file by path.

    Raises BenchError where there is none, and whatever the module raises.
    """
    if not name_or_path.endswith(".py"):
        folder = _search_current_folder()
        share(Path(folder))
        try:
            return importlib.import_module(name_or_path)
        except (ImportError, AttributeError) as error:
            _explain(error, Path(folder))
            missing = error.name if isinstance(error, ModuleNotFoundError) else None
            if missing and (name_or_path == missing or name_or_path.startswith(f"{missing}.")):
                raise BenchError(f"there is no module {missing}, neither in {folder} nor on Python's path") from None
            raise
    file = Path(name_or_path).resolve()
    if not file.is_file():
        raise BenchError(f"there is no file {name_or_path}; type a path that ends in .py, or a module's name")
    sys.path.insert(0, str(file.parent))  # as for a script: modules beside it can be imported
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module  # before it runs, as for any import: pickle and dataclasses look there
    share(file.parent)
    try:
        spec.loader.exec_module(module)
    except (ImportError, AttributeError) as error:
        _explain(error, file.parent)
        raise
    return module


def _explain(error: Exception, folder: Path) -> None:
    """Raises BenchError where it failed because the user's module has the name of one of ours."""
    if reason := explained(error, folder):
        raise BenchError(reason) from None


def located_file(name_or_path: str) -> Path:
    """A file beside the code that `load_module` would import: of a package its __init__.py. Imports nothing."""
    if name_or_path.endswith(".py"):
        return Path(name_or_path)
    folder, name = _search_current_folder(), name_or_path.partition(".")[0]
    spec = importlib.util.find_spec(name)
    if spec and spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)), "__init__.py")
    return Path(spec.origin) if spec and spec.origin else Path(folder, f"{name}.py")


def _search_current_folder() -> str:
    """Make Python search the current folder first, as it does for a script."""
    if (folder := os.getcwd()) not in sys.path[:1]:
        sys.path.insert(0, folder)
    return folder


def find_driver(module: ModuleType, name: str) -> Callable[[], Any]:
    """The driver: a function of this module, or `module:function`. Raises BenchError where there is none."""
    if ":" in name:
        name_or_path, _, name = name.partition("::" if "::" in name else ":")
        module = load_module(name_or_path)
    driver: Callable[[], Any] | None = getattr(module, name, None)
    if not callable(driver):
        raise BenchError(f"{module.__name__} has no function {name}; --driver names a zero-argument function")
    return driver
