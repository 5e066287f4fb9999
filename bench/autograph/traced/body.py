"""The record that rules check: one function body, with the value of each expression and why it is compiled."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.autograph.inference.values import UNKNOWN, Tensor, Value
from bench.autograph.source import names
from bench.autograph.source.modules import SCOPES, FunctionDefinition, Module, Scope
from bench.autograph.source.project import Project
from bench.autograph.traced.compiled import CompiledFunction


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that breaks a rule. Where that is only likely or unknown, the severity is lower."""

    node: ast.AST
    message: str
    sure: Tensor = Tensor.YES


@dataclass(frozen=True, slots=True, eq=False)
class BodyIndex:
    """Finds bodies and compiled functions across the project; filled once all bodies are known."""

    compiled: dict[ast.AST, CompiledFunction] = field(default_factory=dict)  # by function node or tf.function(...) call
    functions: dict[FunctionDefinition, "Body"] = field(default_factory=dict)
    untraced: list["Body"] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A function (or a module's top level) whose statements have been walked.

    `compiled` is None for code that TensorFlow does not trace. `via` names the functions between the compiled one and
    this one. `converted`: AutoGraph rewrites it. `jit`: XLA compiles it. `apart`: it is traced into another graph than
    the compiled function, because it is called from a loop of the graph or passed to a function that traces its
    argument, such as tf.while_loop.
    """

    project: Project
    module: Module
    node: ast.AST
    values: dict[ast.AST, Value]
    index: BodyIndex
    function: FunctionDefinition | None = None
    compiled: CompiledFunction | None = None
    via: tuple[str, ...] = ()
    converted: bool = True
    jit: bool = False
    apart: bool = False
    skipped: frozenset[ast.stmt] = frozenset()
    nodes: list[ast.AST] = field(default_factory=list)

    def each(self, *kinds: type) -> Iterator[ast.AST]:
        """The nodes of these kinds, in order, without functions defined inside and code that is never traced."""
        return (node for node in self.nodes if isinstance(node, kinds))

    def value(self, node: ast.AST) -> Value:
        """What is known about the value of an expression."""
        return self.values.get(node, UNKNOWN)

    def tensor(self, node: ast.AST) -> Tensor:
        """Is the expression a tensor?"""
        return self.value(node).tensor

    def called(self, node: ast.AST) -> str:
        """The dotted name of what a call calls; empty where it is not known."""
        return names.called(self.module, node)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """The nodes around a node, from the inside out, up to this body."""
        for ancestor in self.module.ancestors(node):
            if ancestor is self.node:
                return
            yield ancestor

    def test(self, node: ast.AST) -> Tensor:
        """Does a tensor decide this `if`, `while` or conditional expression, or does this `for` iterate over one?"""
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            return self.tensor(node.test)
        return self.over(node.iter) if isinstance(node, ast.For) else Tensor.NO

    def over(self, node: ast.expr) -> Tensor:
        """Is the iterable of a `for` a tensor, a dataset or a range of a tensor?"""
        if self.called(node) == "builtins.enumerate" and isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        return Tensor.YES if self.value(node).kind == "dataset" else self.tensor(node)

    def loops(self, node: ast.AST) -> Iterator[ast.For | ast.While]:
        """The loops around a node, from the inside out. The iterable of a `for` is not inside it."""
        child = node
        for ancestor in self.around(node):
            if isinstance(ancestor, ast.For | ast.While) and child is not getattr(ancestor, "iter", None):
                yield ancestor
            child = ancestor

    def tensor_loop(self, node: ast.AST) -> ast.For | ast.While | None:
        """The innermost loop around the node that becomes a loop in the graph."""
        return next((loop for loop in self.loops(node) if self.test(loop) is Tensor.YES), None)

    def decided(self, node: ast.AST, within: ast.AST | None = None) -> Tensor:
        """How certainly an `if` or `while` on a tensor, inside `within`, decides whether the node runs."""
        level, child = Tensor.NO, node
        for ancestor in self.around(node):
            if ancestor is within:
                break
            if isinstance(ancestor, ast.If | ast.While | ast.IfExp) and child is not ancestor.test:
                level = max(level, self.test(ancestor))
            child = ancestor
        return level

    def target(self, call: ast.Call) -> FunctionDefinition | None:
        """The function of the project that a call runs; the constructor where it calls a class."""
        definition = self.project.definition(self.module, call.func)
        if definition and isinstance(definition.node, ast.ClassDef):
            return self.project.method(definition.module, definition.node, "__init__")
        return definition.module.functions.get(definition.node) if definition else None

    def traced(self, scope: Scope) -> "Body | None":
        """The body of a scope's function, where it is traced: each trace creates its names again."""
        function = self.module.functions.get(scope.node)
        body = self.index.functions.get(function) if function else None
        return body if body and body.compiled else None

    def runs(self, call: ast.Call) -> CompiledFunction | None:
        """The compiled function that a call runs, under any name."""
        definition = self.project.definition(self.module, call.func)
        return self.index.compiled.get(definition.node) if definition else None


def inner_nodes(root: ast.AST, skipped: frozenset[ast.stmt]) -> list[ast.AST]:
    """The nodes of a body in source order, without inner scopes and skipped statements."""
    nodes: list[ast.AST] = []
    pending: list[ast.AST] = list(reversed(_body(root)))
    while pending:
        node = pending.pop()
        if node in skipped:
            continue
        nodes.append(node)
        if not isinstance(node, SCOPES):
            pending += reversed(list(ast.iter_child_nodes(node)))
    return nodes


def _body(root: ast.AST) -> list[ast.AST]:
    return [root.body] if isinstance(root, ast.Lambda) else [*getattr(root, "body", [])]
