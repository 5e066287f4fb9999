"""Parses a source file into a tree with its scopes and the bindings of each name."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.autograph.source.nodes import SCOPES, Nodes, body_of, fields

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, slots=True)
class Binding:
    """One place where a name is bound. `kind`: import, function, class, value, parameter or other."""

    kind: str
    node: ast.AST
    dotted: str = ""  # of an import
    value: ast.expr | None = None


@dataclass(slots=True, eq=False)
class Scope:
    """The bindings of a module, class or function. `outer` are the names declared global or nonlocal."""

    node: ast.AST
    parent: "Scope | None"
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    outer: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True, eq=False)
class FunctionDefinition:
    """A `def`, a method or a lambda."""

    module: "Module"
    node: FunctionNode
    name: str
    owner: ast.ClassDef | None  # the class it is a method of


@dataclass(slots=True, eq=False)
class Module:
    """A parsed file."""

    path: Path
    name: str  # dotted
    lines: list[str]
    tree: ast.Module
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    enclosing: dict[ast.AST, Scope] = field(default_factory=dict)  # node -> the scope it is evaluated in
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)  # node -> the scope it opens
    functions: dict[ast.AST, FunctionDefinition] = field(default_factory=dict)
    bodies: dict[ast.AST, Nodes] = field(default_factory=dict)  # node that opens a scope -> the nodes inside
    calls: list[ast.Call] = field(default_factory=list)
    dotted: dict[ast.AST, str | None] = field(default_factory=dict)  # resolved already, see names.dotted

    def ancestors(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the inside out."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent


def build(path: Path, name: str, text: str) -> Module:
    """Parse a file and bind its names. Raises SyntaxError, ValueError and RecursionError, as `ast.parse` does."""
    tree = ast.parse(text)
    lines = text.split("\n")  # as Python counts them: splitlines() would also split at a form feed
    module = Module(path, name, lines, tree)
    _ScopeBuilder(module).scope(tree, None)
    return module


class _ScopeBuilder:
    """Fills the scopes and parents of a module in one walk over its tree."""

    def __init__(self, module: Module) -> None:
        self.module, self.parents, self.enclosing = module, module.parents, module.enclosing
        self.values: dict[ast.AST, ast.expr] = {}  # assignment target -> the value assigned
        self.binders: dict[type, Callable[[Any, Scope], None]] = {
            ast.Name: self.name,
            ast.Call: self.call,
            ast.Assign: self.assign,
            ast.AnnAssign: self.annotated,
            ast.NamedExpr: self.annotated,
            ast.FunctionDef: self.function,
            ast.AsyncFunctionDef: self.function,
            ast.ClassDef: self.type_of,
            ast.Import: self.imports,
            ast.ImportFrom: self.imports,
            ast.Global: self.outer,
            ast.Nonlocal: self.outer,
            ast.ExceptHandler: self.handler,
        }

    def scope(self, node: ast.AST, parent: Scope | None) -> None:
        opened = Scope(node, parent)
        self.module.scopes[node] = opened
        if isinstance(node, FunctionNode):
            self.parameters(node.args, opened)
            owner = parent.node if parent and isinstance(parent.node, ast.ClassDef) else None
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            qualified = f"{owner.name}.{name}" if owner else name
            self.module.functions[node] = FunctionDefinition(self.module, node, qualified, owner)
        inside = self.module.bodies[node] = Nodes()
        for child in body_of(node):
            self.child(node, child, opened, inside.every)

    def parameters(self, arguments: ast.arguments, scope: Scope) -> None:
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for argument in (*named, arguments.vararg, arguments.kwarg):
            if argument:
                scope.bindings.setdefault(argument.arg, []).append(Binding("parameter", argument))

    def child(self, parent: ast.AST, node: ast.AST, scope: Scope, inside: list[ast.AST]) -> None:
        self.parents[node] = parent
        self.enclosing[node] = scope
        inside.append(node)
        kind: type = node.__class__
        if kind in self.binders:
            self.binders[kind](node, scope)
        if kind in SCOPES:
            for child in _outside(node):  # decorators, defaults and bases belong to the scope around it
                self.child(node, child, scope, [])
            self.scope(node, scope)
            return
        for name in fields(kind):
            value = getattr(node, name, None)
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        self.child(node, item, scope, inside)
            elif isinstance(value, ast.AST):
                self.child(node, value, scope, inside)

    def name(self, node: ast.Name, scope: Scope) -> None:
        if isinstance(node.ctx, ast.Store):
            assigned = self.values.get(node)
            self.add(node.id, Binding("value" if assigned else "other", node, value=assigned), scope)

    def call(self, node: ast.Call, scope: Scope) -> None:
        self.module.calls.append(node)

    def outer(self, node: ast.Global | ast.Nonlocal, scope: Scope) -> None:
        scope.outer.update(node.names)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        self.add(node.name, Binding("function", node), scope)

    def type_of(self, node: ast.ClassDef, scope: Scope) -> None:
        self.add(node.name, Binding("class", node), scope)

    def assign(self, node: ast.Assign, scope: Scope) -> None:
        for target in node.targets:
            self.pair(target, node.value)

    def annotated(self, node: ast.AnnAssign | ast.NamedExpr, scope: Scope) -> None:
        if node.value is not None:
            self.values[node.target] = node.value

    def handler(self, node: ast.ExceptHandler, scope: Scope) -> None:
        if node.name:
            self.add(node.name, Binding("other", node), scope)

    def pair(self, target: ast.expr, value: ast.expr) -> None:
        """Note the value of each target, element by element for `a, b = x, y`."""
        sequences = ast.Tuple | ast.List
        if isinstance(target, sequences) and isinstance(value, sequences) and len(target.elts) == len(value.elts):
            for inner_target, inner_value in zip(target.elts, value.elts, strict=True):
                self.pair(inner_target, inner_value)
        else:
            self.values[target] = value

    def imports(self, node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
        for alias in node.names:
            if isinstance(node, ast.ImportFrom):
                dotted = f"{self.origin(node)}.{alias.name}"
            else:
                dotted = alias.name if alias.asname else alias.name.partition(".")[0]
            self.add(alias.asname or alias.name.partition(".")[0], Binding("import", node, dotted), scope)

    def origin(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.module.name.split(".")
        drop = node.level - (self.module.path.stem == "__init__")
        return ".".join([*package[: len(package) - drop], *([node.module] if node.module else [])])

    def add(self, name: str, binding: Binding, scope: Scope) -> None:
        holder: Scope | None = scope
        if name in scope.outer:
            holder = scope.parent
            while holder and holder.parent and name not in holder.bindings:
                holder = holder.parent
        (holder or scope).bindings.setdefault(name, []).append(binding)


def _outside(node: ast.AST) -> list[ast.AST]:
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    if isinstance(node, FunctionNode):
        decorators = [] if isinstance(node, ast.Lambda) else [*node.decorator_list]
        returns = [] if isinstance(node, ast.Lambda) or node.returns is None else [node.returns]
        return [*decorators, node.args, *returns]
    return []
