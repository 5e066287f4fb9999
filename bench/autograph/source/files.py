"""Finds and parses Python files. A file that cannot be read or parsed becomes a finding, AG001."""

import io
import os
import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench.autograph.findings import Finding
from bench.autograph.source.disk import Disk
from bench.autograph.source.modules import Module, build
from bench.errors import BenchError
from cifar_core.errors import quoted

SUFFIXES = (".py", ".pyi")
INSTALLED = ("site-packages", "dist-packages")  # folders of installed packages, in any environment
_LEFT_OUT = ("__pycache__", "node_modules", *INSTALLED, "venv", "build", "dist")


def python_files(paths: Iterable[Path], excluded: Callable[[Path], bool]) -> Iterator[Path]:
    """The Python files among and under the paths, each once. Raises BenchError for a path that is neither."""
    yielded: set[Path] = set()
    for path in paths:
        _refuse_missing(path)
        if not path.is_dir() and path.suffix not in SUFFIXES:  # for example, a notebook's JSON can be valid Python
            accepted = f"folders and files that end in {' or '.join(SUFFIXES)}"
            raise BenchError(f"{path} is not a Python file; known: {accepted}; type e.g. cifar-bench check train.py")
        candidates = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for file in candidates:
            inside = file.relative_to(path).parts if path.is_dir() else ()
            hidden = any(part.startswith(".") or part in _LEFT_OUT for part in inside)
            real = Path(os.path.realpath(file))  # resolve() raises for a link that leads to itself
            if not hidden and not excluded(file) and real not in yielded:
                yielded.add(real)
                yield file


def _refuse_missing(path: Path) -> None:
    try:
        os.stat(path)
    except FileNotFoundError:
        raise BenchError(f"there is no {path}; give files or folders, e.g. cifar-bench check train.py") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise BenchError(f"cannot read {quoted(path)}: {reason}; give other files or folders") from None


def read_module(path: Path, disk: Disk, name: str = "") -> Module | Finding:
    """The parsed file, or a finding that says what is wrong with it."""
    try:
        text = _text(disk.read(path))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about escape sequences in the file
            return build(path, name or module_name(path, disk.is_file), text)
    except SyntaxError as error:
        return _fault(path, f"cannot be parsed: {error.msg}", error.lineno or 1, error.offset or 1)
    except (UnicodeDecodeError, LookupError) as error:
        return _fault(path, f"cannot be decoded: {error}; declare its encoding in its first line")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        return _fault(path, f"cannot be read: {reason}")
    except (RecursionError, MemoryError):
        return nested_too_deeply(path)


def _text(content: bytes) -> str:
    """The text of a Python file, decoded as Python does: by its coding line or its byte order mark."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    return io.TextIOWrapper(io.BytesIO(content), encoding).read()  # which makes every line end a \n


def nested_too_deeply(path: Path, line: int = 1) -> Finding:
    """The finding for code, from this line on, that overflows Python's stack."""
    return _fault(path, "is nested too deeply to be checked", line)


def _fault(path: Path, message: str, line: int = 1, column: int = 1) -> Finding:
    return Finding(
        "AG001", "unreadable-file", "error", None, str(path), line, max(1, column), line, max(1, column) + 1,
        message, fix="correct the file, or skip it with exclude",
    )  # fmt: skip


def module_name(path: Path, is_file: Callable[[Path], bool] = Path.is_file) -> str:
    """The dotted name by which Python imports the file, from the packages it lies in."""
    path = Path(os.path.realpath(path))
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while is_file(folder / "__init__.py"):
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts) or path.parent.name
