"""Walks the statements of one function in order and tracks its local values: both branches, loops twice."""

import ast
from functools import cache

from bench.autograph.inference import calls
from bench.autograph.inference.eagerness import while_tracing
from bench.autograph.inference.expressions import Evaluator
from bench.autograph.inference.narrowing import narrowed
from bench.autograph.inference.values import PYTHON, UNKNOWN, Value, combine, join
from bench.autograph.source import names


@cache
def _method_name(kind: str) -> str:
    return f"_{kind.lower()}"


class Walk:
    """One pass over a function's statements. `skipped` are the statements that are never traced.

    Where the function itself `is_traced`, these are also those after the last statement that is.
    """

    def __init__(self, evaluator: Evaluator, is_traced: bool = False) -> None:
        self.evaluator, self.is_traced = evaluator, is_traced
        self.skipped: set[ast.stmt] = set()
        self.returned: Value | None = None

    def block(self, statements: list[ast.stmt]) -> bool:
        """Walk them. False where execution never reaches the end."""
        for number, statement in enumerate(statements, start=1):
            if not self.statement(statement):
                self.skipped.update(statements[number:] if self.is_traced else ())
                return False
        return True

    def statement(self, node: ast.stmt) -> bool:
        method = getattr(self, _method_name(node.__class__.__name__), None)
        if method:
            return bool(method(node))
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.evaluator.value(child)
        return not isinstance(node, ast.Raise | ast.Continue | ast.Break)

    def _functiondef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
        self.evaluator.local[node.name] = Value("function", "fresh")
        return True

    _asyncfunctiondef = _classdef = _functiondef

    def _return(self, node: ast.Return) -> bool:
        value = self.evaluator.value(node.value)
        self.returned = value if self.returned is None else join(self.returned, value)
        return False

    def _assign(self, node: ast.Assign) -> bool:
        value = self.evaluator.value(node.value)
        for target in node.targets:
            self._store(target, node.value, value)
        return True

    def _store(self, target: ast.expr, source: ast.expr, value: Value) -> None:
        if (
            isinstance(target, ast.Tuple | ast.List)
            and isinstance(source, ast.Tuple | ast.List)
            and len(target.elts) == len(source.elts)
            and not any(isinstance(element, ast.Starred) for element in (*target.elts, *source.elts))
        ):
            for inner_target, inner_source in zip(target.elts, source.elts, strict=True):
                self._store(inner_target, inner_source, self.evaluator.values[inner_source])
        else:
            self.evaluator.bind(target, value)

    def _annassign(self, node: ast.AnnAssign) -> bool:
        if node.value:
            self.evaluator.bind(node.target, self.evaluator.value(node.value))
        return True

    def _augassign(self, node: ast.AugAssign) -> bool:
        right = self.evaluator.value(node.value)
        if not isinstance(node.target, ast.Name):
            self.evaluator.value(node.target)
            return True
        before = self.evaluator.local.get(node.target.id, UNKNOWN)
        if node.target.id not in self.evaluator.local and node.target.id in self.evaluator.scope.outer:
            before = self.evaluator.captured(node.target)
        keeps = before.kind in ("list", "set", "dict", "ndarray")  # changed in place: the same object
        self.evaluator.bind(node.target, before if keeps else combine(before, right))
        self.evaluator.values[node.target] = before
        return True

    def _if(self, node: ast.If) -> bool:
        self.evaluator.value(node.test)
        truth = while_tracing(self.evaluator.project, self.evaluator.module, node.test)
        if truth is False:
            self.skipped.update(node.body)
            return self.block(node.orelse)
        if truth and self.is_traced:
            self.skipped.update(node.orelse)
            return self.block(node.body)
        before = dict(self.evaluator.local)
        self.evaluator.local.update(narrowed(self.evaluator.module, node.test, True))
        continues = self.block(node.body)
        after_body = self.evaluator.local
        self.evaluator.local = before
        self.evaluator.local.update(narrowed(self.evaluator.module, node.test, False))
        continues_else = self.block(node.orelse)
        if continues and continues_else:
            self.evaluator.local = _joined(after_body, self.evaluator.local)
        elif continues:
            self.evaluator.local = after_body
        return continues or continues_else

    def _for(self, node: ast.For | ast.AsyncFor) -> bool:
        self._loop(node, node)
        return True

    _asyncfor = _for

    def _while(self, node: ast.While) -> bool:
        self._loop(node, None)
        return True

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, over: ast.For | ast.AsyncFor | None) -> None:
        for _ in range(2):
            before = dict(self.evaluator.local)
            if over:
                self.evaluator.bind(over.target, calls.loop_item(self.evaluator, over.iter))
            elif isinstance(node, ast.While):
                self.evaluator.value(node.test)
            self.block(node.body)
            self.evaluator.local = _joined(before, self.evaluator.local)
        self.block(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> bool:
        for context in node.items:
            value = self.evaluator.value(context.context_expr)
            if context.optional_vars:
                self.evaluator.bind(context.optional_vars, value)
            if names.called(self.evaluator.module, context.context_expr) == "tensorflow.init_scope":
                self.skipped.update(node.body)
        return self.block(node.body)

    _asyncwith = _with

    def _try(self, node: ast.Try) -> bool:
        before = dict(self.evaluator.local)
        continues = self.block(node.body) and self.block(node.orelse)
        for handler in node.handlers:
            after, self.evaluator.local = self.evaluator.local, _joined(before, self.evaluator.local)
            if handler.name:
                self.evaluator.local[handler.name] = PYTHON
            if self.block(handler.body):
                self.evaluator.local = _joined(after, self.evaluator.local) if continues else self.evaluator.local
                continues = True
            else:
                self.evaluator.local = after
        return self.block(node.finalbody) and continues

    _trystar = _try

    def _match(self, node: ast.Match) -> bool:
        self.evaluator.value(node.subject)
        for case in node.cases:
            self.block(case.body)
        return True

    def _delete(self, node: ast.Delete) -> bool:
        for target in node.targets:
            self.evaluator.value(target)
        return True

    def _import(self, node: ast.Import | ast.ImportFrom) -> bool:
        return True

    _importfrom = _global = _nonlocal = _import


def _joined(first: dict[str, Value], second: dict[str, Value]) -> dict[str, Value]:
    both = {name: join(first[name], second[name]) for name in first.keys() & second.keys()}
    return {**first, **second, **both}


def walk(evaluator: Evaluator, node: ast.AST, is_traced: bool = False) -> Walk:
    """Walk a function's, a lambda's or a module's body."""
    walked = Walk(evaluator, is_traced)
    if isinstance(node, ast.Lambda):
        walked.returned = evaluator.value(node.body)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.ClassDef):
        walked.block(node.body)
    return walked
