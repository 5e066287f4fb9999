"""Walks the statements of one function in order and tracks its local values: both branches, loops twice."""

import ast
from functools import cache

from bench.autograph.inference import calls
from bench.autograph.inference.expressions import Evaluator
from bench.autograph.inference.values import PYTHON, TENSOR, UNKNOWN, Value, combine, join
from bench.autograph.source import names

_EAGER_ONLY = ("tensorflow.executing_eagerly", "tensorflow.compat.v1.executing_eagerly_outside_functions")
_PYTHON_TYPES = frozenset("int float bool str list tuple dict".split())


@cache
def _method_name(kind: str) -> str:
    return f"_{kind.lower()}"


class Walk:
    """One pass over a function's statements. `skipped` are the statements that are never traced."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator = evaluator
        self.skipped: set[ast.stmt] = set()
        self.returned: Value | None = None

    def block(self, statements: list[ast.stmt]) -> bool:
        """Walk them. False where execution never reaches the end."""
        return all(
            self.statement(statement) for statement in statements
        )  # stops at the first statement that leaves the block

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
        if self._eager_only(node.test):
            self.skipped.update(node.body)
            return self.block(node.orelse)
        before = dict(self.evaluator.local)
        self.evaluator.local.update(self._narrowed(node.test, True))
        continues = self.block(node.body)
        after_body = self.evaluator.local
        self.evaluator.local = before
        self.evaluator.local.update(self._narrowed(node.test, False))
        continues_else = self.block(node.orelse)
        if continues and continues_else:
            self.evaluator.local = _joined(after_body, self.evaluator.local)
        elif continues:
            self.evaluator.local = after_body
        return continues or continues_else

    def _eager_only(self, test: ast.expr) -> bool:
        return names.called(self.evaluator.module, test) in _EAGER_ONLY

    def _narrowed(self, test: ast.expr, holds: bool) -> dict[str, Value]:
        """What a test says about a name in each branch: `tf.is_tensor(x)`, `x is None`, `isinstance(x, int)`."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._narrowed(test.operand, not holds)
        match test:
            case ast.Compare(left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
                return {name: PYTHON} if holds else {}
            case ast.Call(args=[ast.Name(id=name), *rest]):
                dotted = names.called(self.evaluator.module, test)
                if dotted == "tensorflow.is_tensor":
                    return {name: TENSOR if holds else PYTHON}
                if dotted == "builtins.isinstance" and rest:
                    return self._narrowed_by_type(name, rest[0], holds)
        return {}

    def _narrowed_by_type(self, name: str, type_node: ast.expr, holds: bool) -> dict[str, Value]:
        types = type_node.elts if isinstance(type_node, ast.Tuple) else [type_node]
        type_names = [names.dotted(self.evaluator.module, node) or "" for node in types]
        if all(type_name.startswith("tensorflow.") for type_name in type_names):
            return {name: TENSOR} if holds and type_names == ["tensorflow.Tensor"] else {}
        python = all(type_name.removeprefix("builtins.") in _PYTHON_TYPES for type_name in type_names)
        return {name: PYTHON} if python and holds else {}

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


def walk(evaluator: Evaluator, node: ast.AST) -> Walk:
    """Walk a function's, a lambda's or a module's body."""
    walked = Walk(evaluator)
    if isinstance(node, ast.Lambda):
        walked.returned = evaluator.value(node.body)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module | ast.ClassDef):
        walked.block(node.body)
    return walked
