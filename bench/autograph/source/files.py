"""Paths -> parsed modules. A file that cannot be read or parsed becomes a finding, AG001, and stops nothing."""

import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench.autograph.findings import Finding
from bench.autograph.source.modules import Module, build
from bench.errors import BenchError

SUFFIXES = (".py", ".pyi")
INSTALLED = ("site-packages", "dist-packages")  # folders of packages of many projects, wherever an environment lies
_LEFT_OUT = ("__pycache__", "node_modules", *INSTALLED, "venv", "build", "dist")


def files(paths: Iterable[Path], excluded: Callable[[Path], bool]) -> Iterator[Path]:
    """The Python files among and under the paths, each once. Raises BenchError for a path that is none of either."""
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise BenchError(f"there is no {path}; give files or folders, e.g. cifar-bench check train.py")
        if not path.is_dir() and path.suffix not in SUFFIXES:  # a notebook's JSON, say, could be read as Python too
            known = f"folders and files that end in {' or '.join(SUFFIXES)}"
            raise BenchError(f"{path} is no Python file; known: {known}; type e.g. cifar-bench check train.py")
        found = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for one in found:
            inside = one.relative_to(path).parts if path.is_dir() else ()
            hidden = any(part.startswith(".") or part in _LEFT_OUT for part in inside)
            if not hidden and not excluded(one) and one.resolve() not in seen:
                seen.add(one.resolve())
                yield one


def read(path: Path, name: str = "") -> Module | Finding:
    """The file as a module, or what is wrong with it."""
    try:
        with tokenize.open(path) as file:  # honours a coding line and a byte order mark
            text = file.read()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the file's own escapes
            return build(path, name or module_name(path), text)
    except SyntaxError as error:
        return _fault(path, f"cannot be parsed: {error.msg}", error.lineno or 1, error.offset or 1)
    except (UnicodeDecodeError, LookupError) as error:
        return _fault(path, f"cannot be decoded: {error}; say its encoding in its first line")
    except (OSError, ValueError) as error:
        return _fault(path, f"cannot be read: {error}")
    except (RecursionError, MemoryError):
        return too_deep(path)


def too_deep(path: Path, line: int = 1) -> Finding:
    """Of a file, or of what begins at this line of it, that Python's stack is too small for."""
    return _fault(path, "is nested too deeply to be checked", line)


def _fault(path: Path, message: str, line: int = 1, column: int = 1) -> Finding:
    return Finding(
        "AG001", "unreadable-file", "error", None, str(path), line, max(1, column), line, max(1, column) + 1,
        message, fix="correct the file, or leave it out with exclude",
    )  # fmt: skip


def module_name(path: Path) -> str:
    """The dotted name that Python would import the file by, from the packages it lies in."""
    path = path.resolve()
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or path.parent.name
