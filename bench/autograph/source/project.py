"""The files that belong together: what a call, a name or a class in one of them refers to in another."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.autograph.source import names
from bench.autograph.source.files import INSTALLED
from bench.autograph.source.modules import FunctionDefinition, Module

# Attribute -> the places that store to it, and what; None where that is not one plain expression.
Stores = dict[str, list[tuple[ast.Attribute, ast.expr | None]]]
_DEPTH = 8
# Classes whose instances Keras calls from code that AutoGraph leaves alone.
KERAS_CLASSES = frozenset(
    "keras.Model keras.models.Model keras.Sequential keras.layers.Layer keras.Layer keras.layers.layer.Layer "
    "keras.models.model.Model keras.Functional".split()
)


class Project:
    """Modules by file; those beside the checked ones are read when a call leads into them."""

    def __init__(self, modules: list[Module], read: Callable[[Path, str], Module | None]) -> None:
        self.modules: dict[Path, Module | None] = {module.path.resolve(): module for module in modules}
        self._read = read
        self._roots = [root for root in dict.fromkeys(map(_root, modules)) if root.name not in INSTALLED]
        self._asked: dict[tuple[Module, str], Module | None] = {}
        self._elsewhere: dict[str, Path | None] = {}
        self._stores: dict[ast.ClassDef, Stores] = {}

    def module(self, name: str, asked_by: Module) -> Module | None:
        """A module of the project; None for one from outside."""
        if (asked_by, name) not in self._asked:
            self._asked[asked_by, name] = self._found(name, asked_by)
        return self._asked[asked_by, name]

    def _found(self, name: str, asked_by: Module) -> Module | None:
        """The one that lies beside the module that asks, as Python would find it; else the only one of its name."""
        root, family = _root(asked_by), name.partition(".")[0]
        own = root.name not in INSTALLED or family == asked_by.name.partition(".")[0]
        path = (_file(root, name) if own else None) or self._only(name)
        if path is None:
            return None
        place = path.resolve()
        if place not in self.modules:
            self.modules[place] = self._read(path, name)
        return self.modules[place]

    def _only(self, name: str) -> Path | None:
        """The file of this name, where the folders that the checked modules are imported from hold but one."""
        if name not in self._elsewhere:
            found = [path for root in self._roots if (path := _file(root, name))]
            self._elsewhere[name] = found[0] if len(found) == 1 else None
        return self._elsewhere[name]

    def definition(self, module: Module, expression: ast.AST, depth: int = 0) -> tuple[Module, ast.AST] | None:
        """The def, class or call that a name or attribute stands for, and the module it is in."""
        if depth > _DEPTH or expression not in module.enclosing:
            return None
        if isinstance(expression, ast.Call | ast.Lambda):
            return module, expression
        if isinstance(expression, ast.Name):
            found = names.lookup(expression.id, module.enclosing[expression])
            binding = names.only(found[1]) if found else None
            if binding is None:
                return None
            if binding.kind in ("function", "class"):
                return module, binding.node
            if binding.kind == "import":
                return self._imported(module, binding.dotted, depth)
            return self.definition(module, binding.value, depth + 1) if binding.value else None
        return self._attribute(module, expression, depth) if isinstance(expression, ast.Attribute) else None

    def _imported(self, asked_by: Module, dotted: str, depth: int) -> tuple[Module, ast.AST] | None:
        family, _, leaf = dotted.rpartition(".")
        home = self.module(family, asked_by) if family else None
        bindings = home.scopes[home.tree].bindings.get(leaf) if home else None
        binding = names.only(bindings) if bindings else None
        if home is None or binding is None:
            return None
        if binding.kind in ("function", "class"):
            return home, binding.node
        if binding.kind == "import":
            return self._imported(home, binding.dotted, depth + 1) if depth < _DEPTH else None
        return self.definition(home, binding.value, depth + 1) if binding.value else None

    def _attribute(self, module: Module, node: ast.Attribute, depth: int) -> tuple[Module, ast.AST] | None:
        dotted = names.dotted(module, node)
        if dotted and (found := self._imported(module, dotted, depth)):
            return found
        owner = self.class_of(module, node.value, depth + 1)
        if owner is None:
            return None
        if method := self.method(*owner, node.attr):
            return method.module, method.node
        value = self.attribute(*owner, node.attr)
        return self.definition(value[0], value[1], depth + 1) if value else None

    def class_of(self, module: Module, node: ast.AST, depth: int = 0) -> tuple[Module, ast.ClassDef] | None:
        """The class of the object that an expression gives: `self`, an instance made of a class of the project."""
        if depth > _DEPTH:
            return None
        if isinstance(node, ast.Name) and node.id in ("self", "cls"):
            for outer in module.ancestors(node):
                if isinstance(outer, ast.ClassDef):
                    return module, outer
        if isinstance(node, ast.Call) and names.called(module, node) == "builtins.super":
            return self._parent_class(module, node)
        found = self.definition(module, node, depth + 1)
        if found and isinstance(found[1], ast.Call):
            made = self.definition(found[0], found[1].func, depth + 1)
            return (made[0], made[1]) if made and isinstance(made[1], ast.ClassDef) else None
        return None

    def _parent_class(self, module: Module, node: ast.AST) -> tuple[Module, ast.ClassDef] | None:
        inside = next((outer for outer in module.ancestors(node) if isinstance(outer, ast.ClassDef)), None)
        return next(iter(self.bases(module, inside)), None) if inside else None

    def bases(self, module: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
        """The classes of the project that a class derives from, nearest first."""
        for base in node.bases:
            found = self.definition(module, base)
            if found and isinstance(found[1], ast.ClassDef) and found[1] is not node:
                yield found[0], found[1]

    def lineage(self, module: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
        """The class and all it derives from in the project."""
        left, seen = [(module, node)], set()
        while left:
            home, here = left.pop(0)
            if here not in seen:
                seen.add(here)
                yield home, here
                left += self.bases(home, here)

    def method(self, module: Module, node: ast.ClassDef, name: str) -> FunctionDefinition | None:
        """A method of a class, its own or inherited within the project."""
        for home, here in self.lineage(module, node):
            for binding in home.scopes[here].bindings.get(name, ()):
                if binding.kind == "function":
                    return home.functions[binding.node]
        return None

    def attribute(self, module: Module, node: ast.ClassDef, name: str) -> tuple[Module, ast.expr] | None:
        """What `self.name` is set to, where one line of the constructor, or else of the class, sets it."""
        for home, here in self.lineage(module, node):
            values = self.stores(here).get(name, [])
            first = [one for one in values if _maker(home, one[0]) == "__init__"] or values
            if values:
                return (home, first[0][1]) if len(first) == 1 and first[0][1] is not None else None
        return None

    def home(self, node: ast.ClassDef) -> Module | None:
        """The module that a class is in."""
        return next((module for module in self.modules.values() if module and node in module.scopes), None)

    def stores(self, node: ast.ClassDef) -> Stores:
        """Attribute -> each place in the class that stores to `self.attribute`."""
        if node not in self._stores:
            self._stores[node] = _stores(node)
        return self._stores[node]

    def is_keras(self, module: Module, node: ast.ClassDef) -> bool:
        """Does the class derive from a Keras layer or model?"""
        for home, here in self.lineage(module, node):
            if any((names.dotted(home, base) or "") in KERAS_CLASSES for base in here.bases):
                return True
        return False


def _stores(node: ast.ClassDef) -> Stores:
    found: Stores = {}
    for statement in ast.walk(node):
        if isinstance(statement, ast.Assign):
            pairs = [pair for target in statement.targets for pair in _pairs(target, statement.value)]
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
            pairs = [(statement.target, statement.value if isinstance(statement, ast.AnnAssign) else None)]
        else:
            continue
        for target, value in pairs:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                found.setdefault(target.attr, []).append((target, value))
    return found


def _maker(module: Module, node: ast.AST) -> str:
    """The method that a line is in."""
    inside = (outer for outer in module.ancestors(node) if isinstance(outer, ast.FunctionDef))
    return next((function.name for function in inside), "")


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr | None]]:
    """`a, b = x, y` by parts."""
    if not isinstance(target, ast.Tuple | ast.List):
        return [(target, value)]
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
        return [pair for left, right in zip(target.elts, value.elts, strict=True) for pair in _pairs(left, right)]
    return [(part, None) for part in target.elts]


def _root(module: Module) -> Path:
    """The folder from which Python would import the module by its name."""
    folders = [*module.path.resolve().parents]
    depth = module.name.count(".") + (module.path.stem == "__init__")
    return folders[min(depth, len(folders) - 1)]  # what a link leads to may lie less deep


def _file(root: Path, name: str) -> Path | None:
    """Where a module of this name lies under a folder."""
    parts = name.split(".")
    places = [root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py")] if all(parts) else []
    return next((place for place in places if place.is_file()), None)
