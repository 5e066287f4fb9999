"""Resolves names, calls and classes across the files of a project."""

import ast
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.autograph.source import names
from bench.autograph.source.files import INSTALLED
from bench.autograph.source.modules import FunctionDefinition, Module
from bench.autograph.source.remembered import remembered
from bench.autograph.source.stores import Stores, stores

_DEPTH = 8
# Classes whose instances Keras calls from code that AutoGraph does not convert.
KERAS_CLASSES = frozenset(
    "keras.Model keras.models.Model keras.Sequential keras.layers.Layer keras.Layer keras.layers.layer.Layer "
    "keras.models.model.Model keras.Functional".split()
)


class Definition(NamedTuple):
    """A def, class, lambda or call that a name stands for, and the module it is written in."""

    module: Module
    node: ast.AST


class Project:
    """Modules by file. Modules beside the checked ones are read when a call leads into them."""

    def __init__(
        self,
        modules: list[Module],
        read: Callable[[Path, str], Module | None],
        is_file: Callable[[Path], bool] = Path.is_file,
    ) -> None:
        self.modules: dict[Path, Module | None] = {module.path.resolve(): module for module in modules}
        self._read, self._is_file = read, is_file
        self.answers: dict[str, dict[Hashable, Any]] = {}
        self._roots = [root for root in dict.fromkeys(map(self._root, modules)) if root.name not in INSTALLED]
        self._definitions: dict[ast.AST, Definition | None] = {}
        self._imports: dict[tuple[Module, str], Definition | None] = {}
        self._classes: dict[ast.AST, tuple[Module, ast.ClassDef] | None] = {}

    @remembered
    def module(self, name: str, asked_by: Module) -> Module | None:
        """The module beside the one that asks, as Python would find it; else the only module of this name.

        None where the name is from outside the project.
        """
        root, family = self._root(asked_by), name.partition(".")[0]
        may_lie_beside = root.name not in INSTALLED or family == asked_by.name.partition(".")[0]
        path = (self._file(root, name) if may_lie_beside else None) or self._only(name)
        if path is None:
            return None
        resolved = path.resolve()
        if resolved not in self.modules:
            self.modules[resolved] = self._read(path, name)
        return self.modules[resolved]

    @remembered
    def _only(self, name: str) -> Path | None:
        """The file of this name, where the import folders of the checked modules hold exactly one."""
        paths = [path for root in self._roots if (path := self._file(root, name))]
        return paths[0] if len(paths) == 1 else None

    @remembered
    def _root(self, module: Module) -> Path:
        """The folder from which Python would import the module by its name."""
        folders = [*module.path.resolve().parents]
        depth = module.name.count(".") + (module.path.stem == "__init__")
        return folders[min(depth, len(folders) - 1)]  # the target of a symbolic link may lie less deep

    def _file(self, root: Path, name: str) -> Path | None:
        """Where a module of this name lies under a folder."""
        parts = name.split(".")
        if not all(parts):
            return None
        candidates = (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py"))
        return next((candidate for candidate in candidates if self._is_file(candidate)), None)

    def definition(self, module: Module, expression: ast.AST, depth: int = 0) -> Definition | None:
        """The definition that a name or attribute stands for; None where it is not known."""
        if expression in self._definitions:
            return self._definitions[expression]
        definition = self._definition(module, expression, depth)
        if depth == 0:  # further down, the limit may have ended the search
            self._definitions[expression] = definition
        return definition

    def _definition(self, module: Module, expression: ast.AST, depth: int) -> Definition | None:
        if depth > _DEPTH or expression not in module.enclosing:
            return None
        if isinstance(expression, ast.Call | ast.Lambda):
            return Definition(module, expression)
        if isinstance(expression, ast.Name):
            bound = names.lookup(expression.id, module.enclosing[expression])
            binding = names.only(bound.bindings) if bound else None
            if binding is None:
                return None
            if binding.kind in ("function", "class"):
                return Definition(module, binding.node)
            if binding.kind == "import":
                return self._imported(module, binding.dotted, depth)
            return self.definition(module, binding.value, depth + 1) if binding.value else None
        return self._attribute(module, expression, depth) if isinstance(expression, ast.Attribute) else None

    def _imported(self, asked_by: Module, dotted: str, depth: int) -> Definition | None:
        if (asked_by, dotted) in self._imports:
            return self._imports[asked_by, dotted]
        definition = self._definition_of_import(asked_by, dotted, depth)
        if depth == 0:
            self._imports[asked_by, dotted] = definition
        return definition

    def _definition_of_import(self, asked_by: Module, dotted: str, depth: int) -> Definition | None:
        family, _, leaf = dotted.rpartition(".")
        home = self.module(family, asked_by) if family else None
        bindings = home.scopes[home.tree].bindings.get(leaf) if home else None
        binding = names.only(bindings) if bindings else None
        if home is None or binding is None:
            return None
        if binding.kind in ("function", "class"):
            return Definition(home, binding.node)
        if binding.kind == "import":
            return self._imported(home, binding.dotted, depth + 1) if depth < _DEPTH else None
        return self.definition(home, binding.value, depth + 1) if binding.value else None

    def _attribute(self, module: Module, node: ast.Attribute, depth: int) -> Definition | None:
        dotted = names.dotted(module, node)
        if dotted and (imported := self._imported(module, dotted, depth)):
            return imported
        owner = self.class_of(module, node.value, depth + 1)
        if owner is None:
            return None
        if method := self.method(*owner, node.attr):
            return Definition(method.module, method.node)
        value = self.attribute(*owner, node.attr)
        return self.definition(value[0], value[1], depth + 1) if value else None

    def class_of(self, module: Module, node: ast.AST, depth: int = 0) -> tuple[Module, ast.ClassDef] | None:
        """The class of the object that an expression gives: `self`, or an instance of a class of the project."""
        if node in self._classes:
            return self._classes[node]
        found = self._class_of(module, node, depth) if depth <= _DEPTH else None
        if depth == 0:
            self._classes[node] = found
        return found

    def _class_of(self, module: Module, node: ast.AST, depth: int) -> tuple[Module, ast.ClassDef] | None:
        if isinstance(node, ast.Name) and node.id in ("self", "cls"):
            for ancestor in module.ancestors(node):
                if isinstance(ancestor, ast.ClassDef):
                    return module, ancestor
        if isinstance(node, ast.Call) and names.called(module, node) == "builtins.super":
            return self._parent_class(module, node)
        definition = self.definition(module, node, depth + 1)
        if definition and isinstance(definition.node, ast.Call):
            constructed = self.definition(definition.module, definition.node.func, depth + 1)
            return (
                (constructed.module, constructed.node)
                if constructed and isinstance(constructed.node, ast.ClassDef)
                else None
            )
        return None

    def _parent_class(self, module: Module, node: ast.AST) -> tuple[Module, ast.ClassDef] | None:
        around = next((ancestor for ancestor in module.ancestors(node) if isinstance(ancestor, ast.ClassDef)), None)
        return next(iter(self.bases(module, around)), None) if around else None

    @remembered
    def bases(self, module: Module, node: ast.ClassDef) -> tuple[tuple[Module, ast.ClassDef], ...]:
        """The base classes of a class that are in the project, nearest first."""
        definitions = [self.definition(module, base) for base in node.bases]
        return tuple(
            (definition.module, definition.node)
            for definition in definitions
            if definition and isinstance(definition.node, ast.ClassDef) and definition.node is not node
        )

    def lineage(self, module: Module, node: ast.ClassDef) -> Iterator[tuple[Module, ast.ClassDef]]:
        """The class and all its base classes in the project."""
        queue, visited = [(module, node)], set()
        while queue:
            home, class_node = queue.pop(0)
            if class_node not in visited:
                visited.add(class_node)
                yield home, class_node
                queue += self.bases(home, class_node)

    @remembered
    def method(self, module: Module, node: ast.ClassDef, name: str) -> FunctionDefinition | None:
        """A method of a class, its own or inherited within the project."""
        for home, class_node in self.lineage(module, node):
            for binding in home.scopes[class_node].bindings.get(name, ()):
                if binding.kind == "function":
                    return home.functions[binding.node]
        return None

    @remembered
    def attribute(self, module: Module, node: ast.ClassDef, name: str) -> tuple[Module, ast.expr] | None:
        """What `self.name` is set to, where exactly one line of the constructor (else of the class) sets it."""
        for home, class_node in self.lineage(module, node):
            values = self.stores(class_node).get(name, [])
            in_constructor = [store for store in values if _enclosing_method(home, store[0]) == "__init__"] or values
            if values:
                return (
                    (home, in_constructor[0][1])
                    if len(in_constructor) == 1 and in_constructor[0][1] is not None
                    else None
                )
        return None

    @remembered
    def is_keras_2(self, module: Module, node: ast.ClassDef) -> bool:
        """Does the class derive from a layer or model of tf_keras? AutoGraph converts the `call` of those."""
        lineage = self.lineage(module, node)
        return any(_package(home, base) == "tf_keras" for home, class_node in lineage for base in class_node.bases)

    @remembered
    def home(self, node: ast.ClassDef) -> Module | None:
        """The module that a class of a read module is in."""
        return next((module for module in self.modules.values() if module and node in module.scopes), None)

    @remembered
    def stores(self, node: ast.ClassDef) -> Stores:
        """Attribute -> each store to `self.attribute` in the class."""
        return stores(node)

    @remembered
    def is_keras(self, module: Module, node: ast.ClassDef) -> bool:
        """Does the class derive from a Keras layer or model?"""
        for home, class_node in self.lineage(module, node):
            if any((names.dotted(home, base) or "") in KERAS_CLASSES for base in class_node.bases):
                return True
        return False


def _package(module: Module, expression: ast.expr) -> str:
    """The package that a dotted name is imported from, under the name by which it is imported."""
    while isinstance(expression, ast.Attribute):
        expression = expression.value
    if not isinstance(expression, ast.Name) or expression not in module.enclosing:
        return ""
    bound = names.lookup(expression.id, module.enclosing[expression])
    binding = names.only(bound.bindings) if bound else None
    return binding.dotted.partition(".")[0] if binding else ""


def _enclosing_method(module: Module, node: ast.AST) -> str:
    """The method that a line is in."""
    around = (ancestor for ancestor in module.ancestors(node) if isinstance(ancestor, ast.FunctionDef))
    return next((function.name for function in around), "")
