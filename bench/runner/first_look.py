"""A first look at a person's own models, before a run has a folder: one that cannot be made ends the command.

First at the source, without running it, which takes no time; then a process makes each model once.
"""

import ast
import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

import msgspec

from bench.errors import BenchError
from bench.machine.launcher import command, executed
from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env
from bench.records.run import Plan
from cifar_core.own_names import OURS
from cifar_core.workload import STEP, Workload

LOOK = command("bench.worker.first_look")
TIME_LIMIT_S = 300.0
MOST_NAMED = 5


def refuse_broken(plan: Plan, say: Callable[[str], None], look: Sequence[str] = LOOK) -> None:
    """Raises BenchError, on one line, for the first own model of a plan that cannot be made."""
    own = {case.workload.model: case.workload for case in plan.cases if case.workload.own_model}
    for model in own:
        in_a_file = ".py:" in model  # found by whoever makes it
        if fault := "" if in_a_file or own[model].task == STEP else fault_in_source(model, Path.cwd()):
            raise BenchError(f"--model {model}: {fault}")
    if own:
        say(f"making {', '.join(own)} once, to see that it can be made (loads TensorFlow)")
        _make(tuple(own.values()), look)


def _make(workloads: Sequence[Workload], look: Sequence[str]) -> None:
    child = Child(executed(look, child_env("function", "cpu", own_model=True)))
    try:
        for workload in workloads:
            child.send(workload)
            if fault := msgspec.json.decode(child.receive(TIME_LIMIT_S), type=str):
                raise BenchError(f"{_option(workload)}: {fault}")
    except Gone as error:
        last = child.last_line()
        words = f' and said last "{last[:160]}"' if last else ""
        raise BenchError(f"{_option(workload)}: the process that made it {error}{words}") from None
    finally:
        child.end()


def _option(workload: Workload) -> str:
    return f"--{'step' if workload.task == STEP else 'model'} {workload.model}"


def fault_in_source(model: str, folder: Path) -> str:
    """Why `module:factory` cannot be made, as far as the module's source shows; '' where it shows nothing."""
    name, _, factory = model.partition(":")
    if name.partition(".")[0] in OURS:
        return ""  # own_names.py handles these
    spec = _located(name, folder)
    if spec is None:
        return _no_module(name, folder)
    if not spec.origin or not spec.origin.endswith(".py"):
        return ""
    try:
        tree = ast.parse(Path(spec.origin).read_bytes(), spec.origin)
    except SyntaxError as error:
        return f"{_short(spec.origin, folder)}:{error.lineno}: {error.msg}"
    except (OSError, ValueError):
        return ""
    return _fault_of_factory(tree, name, factory, _short(spec.origin, folder))


def _located(name: str, folder: Path) -> ModuleSpec | None:
    """Where `import` would find it, from this folder first; imports nothing."""
    places: list[str] | None = [str(folder), *sys.path]
    spec, parts = None, name.split(".")
    for number in range(len(parts)):
        if places is None:
            return None
        spec = PathFinder.find_spec(".".join(parts[: number + 1]), places)
        places = list(spec.submodule_search_locations) if spec and spec.submodule_search_locations else None
    return spec


def _no_module(name: str, folder: Path) -> str:
    here = sorted(file.stem for file in folder.glob("*.py"))
    hint = f", did you mean {near[0]}?" if (near := get_close_matches(name, here, 1)) else ""
    files = f"; Python files here: {', '.join(f'{stem}.py' for stem in here[:MOST_NAMED])}" if here and not near else ""
    return f"there is no module {name}, neither in {folder} nor on Python's path{hint}{files}"


def _fault_of_factory(tree: ast.Module, name: str, factory: str, file: str) -> str:
    functions = {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    defined = functions.get(factory)
    if isinstance(defined, ast.FunctionDef) and (needed := _needed(defined)):
        return f"{factory}() needs {needed}; a factory takes no argument: name a function that calls it"
    if defined or _may_define(tree, factory):
        return ""
    made = [each for each in functions if not each.startswith("_")]
    near = get_close_matches(factory, made, MOST_NAMED)
    known = [f"{name}:{each}" for each in dict.fromkeys((*near, *made))]
    return f"{file} has no '{factory}'; {f'type {_named(known)}' if known else 'it defines no function'}"


def _needed(function: ast.FunctionDef) -> str:
    """The arguments without a default, by name."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    free = positional[: len(positional) - len(given.defaults)]
    keywords = [each for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None]
    return ", ".join(each.arg for each in (*free, *keywords))


def _may_define(tree: ast.Module, factory: str) -> bool:
    """Whether it may come about otherwise: assigned, imported, in a branch, by a star or by `__getattr__`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in (factory, "__getattr__"):
            return True
        if isinstance(node, ast.Name) and (node.id == "globals" or (node.id == factory and _stored(node))):
            return True
        if isinstance(node, ast.alias) and (node.asname or node.name) in (factory, "*"):
            return True
    return False


def _stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _named(names: Sequence[str]) -> str:
    *others, last = names[:MOST_NAMED]
    more = f" (and {len(names) - MOST_NAMED} more)" if len(names) > MOST_NAMED else ""
    return (f"{', '.join(others)} or {last}" if others else last) + more


def _short(file: str, folder: Path) -> str:
    return os.path.relpath(file, folder) if Path(file).is_relative_to(folder) else file
