"""Functions of a notebook, or of a prompt, in a module that child processes can import.

The module holds the function, and of what it uses: the notebook's other functions and classes, its imports, and its
plain constants. Anything else, such as a model or an array, exists in this process only, and is refused by name.
"""

import ast
import builtins
import inspect
import linecache
import textwrap
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.errors import BenchError

NAME = "notebook_code"
_PLAIN = (bool, int, float, str, bytes, type(None))


def spelled(function: Callable[..., Any], folder: Path) -> str:
    """`file.py:function`. One without a file of its own is written into the folder. Raises BenchError."""
    plain = inspect.unwrap(getattr(function, "python_function", function))
    name = getattr(plain, "__name__", "")
    if not isinstance(plain, types.FunctionType | type) or not name.isidentifier():
        raise BenchError(f"{function!r} is not a function with a name; write `def make(): ...` and give that")
    if "<locals>" in plain.__qualname__:
        raise BenchError(f"{name} is made inside another function, where no other process finds it; define it outside")
    file = inspect.getsourcefile(plain)
    if plain.__module__ != "__main__" and file and Path(file).exists():
        return f"{Path(file).resolve()}:{name}"
    (folder / f"{NAME}.py").write_text(source_of(plain), encoding="utf-8")
    return f"{folder / NAME}.py:{name}"


def source_of(function: Any) -> str:
    """A module with the function and all that it uses, what is used before what uses it. Raises BenchError."""
    parts = dict[str, str]()
    _collect(function.__name__, function, _names_of(function), parts)
    imports = [part for part in parts.values() if part.startswith(("import ", "from "))]
    others = [part for part in parts.values() if part not in imports]
    return "\n".join([*imports, "\n", *others]) + "\n"


def _collect(name: str, value: Any, where: dict[str, Any], parts: dict[str, str]) -> None:
    if name in parts:
        return
    parts[name] = ""  # on its way: functions may use each other
    if (line := _imported(name, value)) or isinstance(value, _PLAIN) or _is_plain(value):
        parts[name] = line or f"{name} = {value!r}"
        return
    code = inspect.unwrap(getattr(value, "python_function", value))
    if not isinstance(code, types.FunctionType | type):
        raise BenchError(
            f"{name} ({type(value).__name__}) exists in this process only; make it inside the function, or put both "
            "into a .py file"
        )
    text = _text(name, code)
    for used in _used(text):
        if used in where and used != name:
            _collect(used, where[used], where, parts)
    parts[name] = parts.pop(name) or f"\n{text}"  # after what it uses


def _imported(name: str, value: Any) -> str:
    """The line that imports it; '' where it was made here."""
    if isinstance(value, types.ModuleType):
        return f"import {value.__name__} as {name}"
    module, inner = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if isinstance(value, types.FunctionType | type | types.BuiltinFunctionType) and module not in (None, "__main__"):
        return f"from {module} import {inner} as {name}" if inner.isidentifier() else ""
    return ""


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_plain, [*value, *value.values()]))
    if isinstance(value, list | tuple | set):
        return all(map(_is_plain, value))
    return isinstance(value, _PLAIN)


def _text(name: str, code: Any) -> str:
    try:
        return _text_of_class(code) if isinstance(code, type) else textwrap.dedent(inspect.getsource(code))
    except (OSError, TypeError, SyntaxError):
        raise BenchError(f"the source of {name} cannot be read here; put it into a .py file") from None


def _text_of_class(kind: type) -> str:
    """Of the cell that has it: Python itself looks for a class in its module's file, and a notebook has none."""
    methods = [value for value in vars(kind).values() if isinstance(value, types.FunctionType)]
    for file in (*(method.__code__.co_filename for method in methods), *reversed(list(linecache.cache))):
        text = "".join(linecache.getlines(file))
        if f"class {kind.__name__}" not in text:
            continue
        found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ClassDef)]
        for node in found:
            if node.name == kind.__name__:
                first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
                return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
    raise OSError("no cell has it")


def _used(text: str) -> list[str]:
    """The names that the source reads and no builtin has, in order."""
    names = [node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    return [name for name in dict.fromkeys(names) if not hasattr(builtins, name)]


def _names_of(code: Any) -> dict[str, Any]:
    """The names of the notebook."""
    import __main__

    found: dict[str, Any] = getattr(code, "__globals__", None) or vars(__main__)
    return found
