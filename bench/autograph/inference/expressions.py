"""Evaluates expressions, given the values of the local names."""

import ast
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, reduce

from bench.autograph.inference import calls, operations
from bench.autograph.inference.known import Asked, KnownValues, Outside
from bench.autograph.inference.narrowing import narrowed
from bench.autograph.inference.values import CONTAINERS, LIKELY, PYTHON, TENSOR, UNKNOWN, Tensor, Value, combine, join
from bench.autograph.source import names
from bench.autograph.source.modules import Module, Scope
from bench.autograph.source.project import Project

_DEPTH = 20  # how many names defined by names are followed


@cache
def _method_name(kind: str) -> str:
    return f"_{kind.lower()}"


class Evaluator:
    """Evaluates the expressions of one function.

    `local` holds the values of local names and is updated by the walk over the statements; `values` keeps the value of
    every node, `asked` what was asked of `known`.
    """

    def __init__(self, project: Project, module: Module, scope: Scope, known: KnownValues) -> None:
        self.project, self.module, self.scope, self.known = project, module, scope, known
        self.asked = Asked()
        self.local: dict[str, Value] = {}
        self.values: dict[ast.AST, Value] = {}
        self.depth = 0

    def value(self, node: ast.expr | None) -> Value:
        """The value of an expression; its parts are evaluated and kept too."""
        if node is None:
            return PYTHON
        method = getattr(self, _method_name(node.__class__.__name__), None)
        value: Value = method(node) if method else self._parts(node)
        self.values[node] = value
        return value

    def _parts(self, node: ast.AST) -> Value:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.keyword):
                self.value(child.value)
        return UNKNOWN

    def _constant(self, node: ast.Constant) -> Value:
        return PYTHON

    def _joinedstr(self, node: ast.JoinedStr) -> Value:
        for piece in node.values:
            if isinstance(piece, ast.FormattedValue):
                self.value(piece.value)
        return PYTHON

    def _lambda(self, node: ast.Lambda) -> Value:
        return Value("function", "fresh")

    def _name(self, node: ast.Name) -> Value:
        if node.id in self.local:
            return self.local[node.id]
        return self.captured(node)

    def captured(self, node: ast.Name) -> Value:
        """The value of a name from around the function."""
        bound = names.lookup(node.id, self.module.enclosing[node])
        if bound is None:
            return UNKNOWN
        kinds = {binding.kind for binding in bound.bindings}
        if kinds & {"function", "class", "import"}:
            return Value("function", "captured", name=node.id) if "import" not in kinds else UNKNOWN
        values = [self._elsewhere(binding.value) for binding in bound.bindings if binding.value is not None]
        if len(values) < len(bound.bindings) or not values:
            return Value("unknown", "captured", name=node.id)
        joined = values[0]
        for value in values[1:]:
            joined = join(joined, value)
        return replace(joined, origin="captured", name=node.id)

    def _elsewhere(self, node: ast.expr, module: Module | None = None) -> Value:
        """The value of an expression outside the function, where the local names around it are not known."""
        value = self.known.outside(node, self.asked)
        if value is not None:
            return value
        if self.depth > _DEPTH:
            return UNKNOWN
        home = module or self.module
        evaluator = Evaluator(self.project, home, home.enclosing[node], self.known)
        evaluator.depth = self.depth + 1
        value = UNKNOWN
        self.known.begin(node)
        with contextlib.suppress(RecursionError):  # too deeply nested code stays unknown
            value = evaluator.value(node)
        self.known.end(node, Outside(value, evaluator.asked))
        self.asked.outside[node] = value
        return value

    def _attribute(self, node: ast.Attribute) -> Value:
        base = self.value(node.value)
        if base.tensor >= Tensor.LIKELY:
            if node.attr in operations.STATIC_ATTRIBUTES:
                return PYTHON
            return TENSOR if base.tensor is Tensor.YES else UNKNOWN
        name = f"{base.name}.{node.attr}" if base.name else ""
        if base.owner and (stored := self._attribute_of_class(base.owner, node.attr)):
            return replace(stored, origin=base.origin, name=name)
        if base.kind == "python":
            return PYTHON
        return Value("unknown", base.origin if base.kind in ("object", "unknown") else "unknown", name=name)

    def _attribute_of_class(self, owner: ast.ClassDef, name: str) -> Value | None:
        home = self.project.home(owner)
        stored = self.project.attribute(home, owner, name) if home else None
        return self._elsewhere(stored[1], stored[0]) if stored else None

    def _subscript(self, node: ast.Subscript) -> Value:
        base = self.value(node.value)
        self.value(node.slice)
        if base.tensor >= Tensor.LIKELY:
            return TENSOR if base.tensor is Tensor.YES else LIKELY
        if base.kind in CONTAINERS:
            if isinstance(node.slice, ast.Slice):
                return Value(base.kind, "fresh", item=base.item)
            return base.item or Value("unknown", base.origin, name=base.name)
        match node.slice:
            case ast.Constant(value=int(index)) if index < len(base.parts):
                return base.parts[index]
        return base if base.kind in ("python", "ndarray") else Value("unknown", base.origin, name=base.name)

    def _slice(self, node: ast.Slice) -> Value:
        for limit in (node.lower, node.upper, node.step):
            self.value(limit)
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
        """The value of `and` or `or`: Python comes to an operand only where those before it let it."""
        facts: dict[str, Value] = {}
        values = []
        for operand in node.values:
            with self.where(facts):
                values.append(self.value(operand))
            facts |= narrowed(self.module, operand, isinstance(node.op, ast.And))
        return combine(*values)

    @contextlib.contextmanager
    def where(self, facts: dict[str, Value]) -> Iterator[None]:
        """Evaluate with what a test says about names."""
        before = {name: self.local.get(name) for name in facts}
        self.local.update(facts)
        yield
        for name, value in before.items():
            if value is None:
                del self.local[name]
            else:
                self.local[name] = value

    def _compare(self, node: ast.Compare) -> Value:
        operands = [self.value(node.left), *[self.value(operand) for operand in node.comparators]]
        python = (ast.Is, ast.IsNot, ast.In, ast.NotIn)
        return PYTHON if any(isinstance(op, python) for op in node.ops) else combine(*operands)

    def _ifexp(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        with self.where(narrowed(self.module, node.test, True)):
            body = self.value(node.body)
        with self.where(narrowed(self.module, node.test, False)):
            return join(body, self.value(node.orelse))

    def _namedexpr(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.local[node.target.id] = value
        return value

    def _container(self, kind: str, elements: list[ast.expr]) -> Value:
        values = [self.value(element.value if isinstance(element, ast.Starred) else element) for element in elements]
        same = values and all(value.kind == values[0].kind for value in values)
        item = reduce(join, values) if same else None
        starred = any(isinstance(element, ast.Starred) for element in elements)
        parts = () if starred or kind != "tuple" else tuple(replace(value, parts=()) for value in values)
        return Value(kind, "fresh", item=item, parts=parts)

    def _list(self, node: ast.List) -> Value:
        return self._container("list", node.elts)

    def _tuple(self, node: ast.Tuple) -> Value:
        return self._container("tuple", node.elts)

    def _set(self, node: ast.Set) -> Value:
        return self._container("set", node.elts)

    def _dict(self, node: ast.Dict) -> Value:
        for key in node.keys:
            self.value(key)
        return self._container("dict", node.values)

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        for generator in node.generators:
            self.bind(generator.target, calls.loop_item(self, generator.iter))
            for test in generator.ifs:
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
        """Give the target of an assignment its value."""
        if isinstance(target, ast.Starred):
            self.bind(target.value, Value("list", "fresh", item=value.item))
        elif isinstance(target, ast.Name):
            self.local[target.id] = value
            self.values[target] = value
        elif isinstance(target, ast.Tuple | ast.List):
            for inner_target, part in zip(target.elts, calls.unpacked(value, target.elts), strict=True):
                self.bind(inner_target, part)
        else:
            self.value(target)

    def _call(self, node: ast.Call) -> Value:
        return calls.result(self, node)
