"""Expressions -> values: what an expression gives where the values of the local names are known.

Calls are in calls.py; statements, and so which local holds what, in interpret.py.
"""

import ast
import contextlib
from collections.abc import Mapping
from dataclasses import replace

from bench.autograph.inference import calls, operations
from bench.autograph.inference.values import CONTAINERS, LIKELY, PYTHON, TENSOR, UNKNOWN, Tensor, Value, combine, join
from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition, Module, Scope
from bench.autograph.source.project import Project

_DEPTH = 20  # names that stand for names that are followed


class Evaluator:
    """Evaluates in one function; `local` is changed by who walks its statements, `seen` keeps every node's value.

    `outside` keeps the values of expressions outside the function, for all evaluators of a round: where many names
    stand for each other, as in a function's own locals read from a lambda, each would else be evaluated for every path.
    """

    def __init__(
        self,
        project: Project,
        module: Module,
        scope: Scope,
        returns: Mapping[FunctionDefinition, Value],
        outside: dict[ast.expr, Value],
    ) -> None:
        self.project, self.module, self.scope, self.returns = project, module, scope, returns
        self.outside = outside
        self.local: dict[str, Value] = {}
        self.seen: dict[ast.AST, Value] = {}
        self.depth = 0

    def value(self, node: ast.expr | None) -> Value:
        """The value of an expression; its parts are evaluated, and kept, too."""
        if node is None:
            return PYTHON
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        found: Value = method(node) if method else self._parts(node)
        self.seen[node] = found
        return found

    def _parts(self, node: ast.AST) -> Value:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.expr):
                self.value(part)
            elif isinstance(part, ast.keyword):
                self.value(part.value)
        return UNKNOWN

    def _constant(self, node: ast.Constant) -> Value:
        return PYTHON

    def _joinedstr(self, node: ast.JoinedStr) -> Value:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.value(part.value)
        return PYTHON

    def _lambda(self, node: ast.Lambda) -> Value:
        return Value("function", "fresh")

    def _name(self, node: ast.Name) -> Value:
        if node.id in self.local:
            return self.local[node.id]
        return self.captured(node)

    def captured(self, node: ast.Name) -> Value:
        """The value of a name from around the function."""
        found = names.lookup(node.id, self.module.enclosing[node])
        if found is None:
            return UNKNOWN
        kinds = {binding.kind for binding in found[1]}
        if kinds & {"function", "class", "import"}:
            return Value("function", "captured", name=node.id) if "import" not in kinds else UNKNOWN
        values = [self._elsewhere(binding.value) for binding in found[1] if binding.value is not None]
        if len(values) < len(found[1]) or not values:
            return Value("unknown", "captured", name=node.id)
        known = values[0]
        for other in values[1:]:
            known = join(known, other)
        return replace(known, origin="captured", name=node.id)

    def _elsewhere(self, node: ast.expr, module: Module | None = None) -> Value:
        """An expression outside the function, of which the surrounding locals are not known."""
        if node in self.outside:
            return self.outside[node]
        if self.depth > _DEPTH:
            return UNKNOWN
        self.outside[node] = UNKNOWN  # while it is evaluated: what it is made of may lead back to it
        home = module or self.module
        other = Evaluator(self.project, home, home.enclosing[node], self.returns, self.outside)
        other.depth = self.depth + 1
        with contextlib.suppress(RecursionError):  # what is nested too deeply stays unknown
            self.outside[node] = other.value(node)
        return self.outside[node]

    def _attribute(self, node: ast.Attribute) -> Value:
        base = self.value(node.value)
        if base.tensor >= Tensor.LIKELY:
            if node.attr in operations.STATIC_ATTRIBUTES:
                return PYTHON
            return TENSOR if base.tensor is Tensor.YES else UNKNOWN
        name = f"{base.name}.{node.attr}" if base.name else ""
        if base.owner and (found := self._attribute_of_class(base.owner, node.attr)):
            return replace(found, origin=base.origin, name=name)
        if base.kind == "python":
            return PYTHON
        return Value("unknown", base.origin if base.kind in ("object", "unknown") else "unknown", name=name)

    def _attribute_of_class(self, owner: ast.ClassDef, name: str) -> Value | None:
        home = self.project.home(owner)
        found = self.project.attribute(home, owner, name) if home else None
        return self._elsewhere(found[1], found[0]) if found else None

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        self.value(node.slice)
        if base.tensor >= Tensor.LIKELY:
            return TENSOR if base.tensor is Tensor.YES else LIKELY
        if base.kind in CONTAINERS:
            if isinstance(node.slice, ast.Slice):
                return Value(base.kind, "fresh", item=base.item)
            return base.item or Value("unknown", base.origin, name=base.name)
        return base if base.kind in ("python", "ndarray") else Value("unknown", base.origin, name=base.name)

    def _slice(self, node: ast.Slice) -> Value:
        for part in (node.lower, node.upper, node.step):
            self.value(part)
        return PYTHON

    def _binop(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.left, ast.Constant) and isinstance(node.left.value, str):
            return PYTHON
        if "list" in (left.kind, right.kind) and Tensor.YES not in (left.tensor, right.tensor):
            return Value("list", "fresh", item=left.item or right.item)
        return combine(left, right)

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        return combine(self.value(node.operand))

    def _boolop(self, node: ast.BoolOp) -> Value:
        return combine(*[self.value(part) for part in node.values])

    def _compare(self, node: ast.Compare) -> Value:
        parts = [self.value(node.left), *[self.value(part) for part in node.comparators]]
        python = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
        return PYTHON if any(isinstance(op, python) for op in node.ops) else combine(*parts)

    def _ifexp(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        return join(self.value(node.body), self.value(node.orelse))

    def _namedexpr(self, node: ast.NamedExpr) -> Value:
        found = self.value(node.value)
        self.local[node.target.id] = found
        return found

    def _container(self, kind: str, parts: list[ast.expr]) -> Value:
        values = [self.value(part.value if isinstance(part, ast.Starred) else part) for part in parts]
        item = values[0] if values and all(value.kind == values[0].kind for value in values) else None
        return Value(kind, "fresh", item=item)

    def _list(self, node: ast.List) -> Value:
        return self._container("list", node.elts)

    def _tuple(self, node: ast.Tuple) -> Value:
        return replace(self._container("python", node.elts), kind="tuple")

    def _set(self, node: ast.Set) -> Value:
        return self._container("set", node.elts)

    def _dict(self, node: ast.Dict) -> Value:
        for key in node.keys:
            self.value(key)
        return self._container("dict", node.values)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        for part in node.generators:
            self.bind(part.target, calls.item(self, part.iter))
            for test in part.ifs:
                self.value(test)

    def _listcomp(self, node: ast.ListComp) -> Value:
        self._comprehension(node)
        return Value("list", "fresh", item=self.value(node.elt))

    def _setcomp(self, node: ast.SetComp) -> Value:
        self._comprehension(node)
        return Value("set", "fresh", item=self.value(node.elt))

    def _generatorexp(self, node: ast.GeneratorExp) -> Value:
        self._comprehension(node)
        return Value("iterator", "fresh", item=self.value(node.elt))

    def _dictcomp(self, node: ast.DictComp) -> Value:
        self._comprehension(node)
        self.value(node.key)
        return Value("dict", "fresh", item=self.value(node.value))

    def bind(self, target: ast.expr, value: Value) -> None:
        """What an assignment to the target makes known."""
        if isinstance(target, ast.Starred):
            self.bind(target.value, Value("list", "fresh", item=value.item))
        elif isinstance(target, ast.Name):
            self.local[target.id] = value
            self.seen[target] = value
        elif isinstance(target, ast.Tuple | ast.List):
            part = calls.part(value)
            if value.kind == "enumerated" and len(target.elts) == 2:
                self.bind(target.elts[0], PYTHON)
                self.bind(target.elts[1], part)
                return
            for element in target.elts:
                self.bind(element, part)
        else:
            self.value(target)

    def _call(self, node: ast.Call) -> Value:
        return calls.result(self, node)
