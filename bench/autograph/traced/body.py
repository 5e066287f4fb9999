"""What a rule looks at: one function's body, with what is known of each value in it and why it is compiled."""

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
    """A place that breaks a rule. Where that is only likely, or unknown, it weighs less."""

    node: ast.AST
    message: str
    sure: Tensor = Tensor.YES


@dataclass(frozen=True, slots=True, eq=False)
class BodyIndex:
    """What calls lead to, project-wide: filled once all bodies are known."""

    compiled: dict[ast.AST, CompiledFunction] = field(
        default_factory=dict
    )  # a function's node or tf.function(...) call
    functions: dict[FunctionDefinition, "Body"] = field(default_factory=dict)
    plain: list["Body"] = field(default_factory=list)  # code that is not traced


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A function (or a module's top level) whose statements have been walked.

    `compiled` is None for code that TensorFlow does not trace. `via` names the functions between the compiled one and
    this. `converted`: AutoGraph rewrites it. `jit`: XLA compiles it. `apart`: it is traced into another graph than the
    compiled one, for on the way to it lies a loop of the graph, or what traces a function it is given: tf.while_loop.
    """

    project: Project
    module: Module
    node: ast.AST
    values: dict[ast.AST, Value]
    calls: BodyIndex
    function: FunctionDefinition | None = None
    compiled: CompiledFunction | None = None
    via: tuple[str, ...] = ()
    converted: bool = True
    jit: bool = False
    apart: bool = False
    skipped: frozenset[ast.stmt] = frozenset()
    nodes: list[ast.AST] = field(default_factory=list)

    def each(self, *kinds: type) -> Iterator[ast.AST]:
        """The nodes of these kinds, in order; not those of functions defined inside, nor of code no trace records."""
        return (node for node in self.nodes if isinstance(node, kinds))

    def value(self, node: ast.AST) -> Value:
        """What is known of an expression."""
        return self.values.get(node, UNKNOWN)

    def tensor(self, node: ast.AST) -> Tensor:
        """Is the expression a tensor?"""
        return self.value(node).tensor

    def called(self, node: ast.AST) -> str:
        """The dotted name of what a call calls; empty where it is not known."""
        return names.called(self.module, node)

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node lies in, from the inside out, up to this body."""
        for outer in self.module.ancestors(node):
            if outer is self.node:
                return
            yield outer

    def test(self, node: ast.AST) -> Tensor:
        """Does a tensor decide this `if`, `while` or conditional expression, or is it what this `for` goes over?"""
        if isinstance(node, ast.If | ast.While | ast.IfExp | ast.Assert):
            return self.tensor(node.test)
        return self.over(node.iter) if isinstance(node, ast.For) else Tensor.NO

    def over(self, node: ast.expr) -> Tensor:
        """Is what a `for` goes over a tensor, a dataset or a range of a tensor?"""
        if self.called(node) == "builtins.enumerate" and isinstance(node, ast.Call) and node.args:
            node = node.args[0]
        return Tensor.YES if self.value(node).kind == "dataset" else self.tensor(node)

    def loops(self, node: ast.AST) -> Iterator[ast.For | ast.While]:
        """The loops around a node, from the inside out; what a `for` goes over is not inside it."""
        child = node
        for outer in self.around(node):
            if isinstance(outer, ast.For | ast.While) and child is not getattr(outer, "iter", None):
                yield outer
            child = outer

    def tensor_loop(self, node: ast.AST) -> ast.For | ast.While | None:
        """The innermost loop around the node that becomes a loop of the graph."""
        return next((loop for loop in self.loops(node) if self.test(loop) is Tensor.YES), None)

    def decided(self, node: ast.AST, within: ast.AST | None = None) -> Tensor:
        """How surely a tensor's `if` or `while` decides whether the node runs; looked for inside `within` only."""
        level, child = Tensor.NO, node
        for outer in self.around(node):
            if outer is within:
                break
            if isinstance(outer, ast.If | ast.While | ast.IfExp) and child is not outer.test:
                level = max(level, self.test(outer))
            child = outer
        return level

    def target(self, call: ast.Call) -> FunctionDefinition | None:
        """The project's function that a call runs; a constructor for a class."""
        found = self.project.definition(self.module, call.func)
        if found and isinstance(found[1], ast.ClassDef):
            return self.project.method(found[0], found[1], "__init__")
        return found[0].functions.get(found[1]) if found else None

    def traced(self, scope: Scope) -> "Body | None":
        """The function that a scope is of, where it is traced: each trace makes its names anew."""
        function = self.module.functions.get(scope.node)
        found = self.calls.functions.get(function) if function else None
        return found if found and found.compiled else None

    def runs(self, call: ast.Call) -> CompiledFunction | None:
        """The compiled function that a call runs, by whatever name."""
        found = self.project.definition(self.module, call.func)
        return self.calls.compiled.get(found[1]) if found else None


def inner_nodes(root: ast.AST, skipped: frozenset[ast.stmt]) -> list[ast.AST]:
    """The nodes of a body in source order, without those of scopes inside it and of what is skipped."""
    found: list[ast.AST] = []
    left: list[ast.AST] = list(reversed(_body(root)))
    while left:
        node = left.pop()
        if node in skipped:
            continue
        found.append(node)
        if not isinstance(node, SCOPES):
            left += reversed(list(ast.iter_child_nodes(node)))
    return found


def _body(root: ast.AST) -> list[ast.AST]:
    return [root.body] if isinstance(root, ast.Lambda) else [*getattr(root, "body", [])]
