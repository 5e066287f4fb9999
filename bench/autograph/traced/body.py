"""The record that rules check: one function body, with the value of each expression and why it is compiled."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.autograph.inference.values import UNKNOWN, Tensor, Value
from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition, Module, Scope
from bench.autograph.source.nodes import Nodes
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
    stores: dict[str, list[tuple["Body", ast.Attribute]]] = field(default_factory=dict)  # of untraced bodies

    def add(self, body: "Body") -> None:
        """Note a body, and the attributes that it sets where it is not traced."""
        if body.function:
            self.functions[body.function] = body
        for node in body.each(ast.Attribute) if body.compiled is None else ():
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self.stores.setdefault(node.attr, []).append((body, node))


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A function (or a module's top level) whose statements have been walked.

    `compiled` is None for code that TensorFlow does not trace. `via` names the functions between the compiled one and
    this one. `converted`: AutoGraph rewrites it. `jit`: XLA compiles it. `apart`: it is traced into another graph than
    the compiled function, because it is called from a loop of the graph or passed to a function that traces its
    argument, such as tf.while_loop. `once`: all calls of it stand under a test that lets them run a single time.
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
    once: bool = False
    inside: Nodes = field(default_factory=Nodes)

    @property
    def nodes(self) -> list[ast.AST]:
        """The nodes in source order, without functions defined inside and code that is never traced."""
        return self.inside.every

    def each(self, *kinds: type) -> Iterator[ast.AST]:
        """Those of `nodes` that are of these kinds."""
        return iter(self.inside.of(kinds))

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
        value = self.value(node)
        if self._given_by_keras(node, value):
            return Tensor.UNKNOWN
        return Tensor.YES if value.kind == "dataset" else value.tensor

    def _given_by_keras(self, node: ast.expr, value: Value) -> bool:
        """Is it an argument of a method that Keras calls? Keras also gives lists of tensors, and Python iterates those.

        A tensor could not be iterated there at all.
        """
        keras = self.compiled is not None and self.compiled.kind == "keras" and not self.via
        return keras and isinstance(node, ast.Name) and value.origin == "parameter" and not value.sure

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
