"""Rule AG310: lambdas made in a Python loop, which AutoGraph gives names of their own."""

import ast
from collections.abc import Iterable, Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.traced.body import Body, Hit

_KEEPING = frozenset("append appendleft add insert extend update setdefault put".split())  # methods of containers
_WRAPPING = ("functools.partial", "tensorflow.function", "builtins.tuple", "builtins.list", "builtins.dict")
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
Closure = ast.Lambda | ast.GeneratorExp


def loop_closures(body: Body) -> Iterator[Hit]:
    """AG310: a lambda that outlives its iteration reads a name that each iteration rebinds."""
    if body.compiled is None or not body.converted:
        return
    for node in body.each(ast.Lambda, ast.GeneratorExp):
        assert isinstance(node, Closure)
        for loop in body.loops(node):
            if body.test(loop) is Tensor.YES or not _kept(body, node, loop):
                continue
            if own := sorted(name for name in _read(node) if _each_its_own(body, loop, name)):
                kind = "lambda" if isinstance(node, ast.Lambda) else "generator"
                text = f"each {kind} made in this loop keeps its own `{own[0]}` in a graph; in Python all see the last"
                yield Hit(node, text, Tensor.YES if body.test(loop) is Tensor.NO else Tensor.UNKNOWN)
                break


def _read(node: Closure) -> set[str]:
    """The outer names that it reads when it is called: of a generator not what it iterates over."""
    if isinstance(node, ast.Lambda):
        arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg)
        own, parts = {argument.arg for argument in arguments if argument}, [node.body]
    else:
        own = {part.id for each in node.generators for part in ast.walk(each.target) if isinstance(part, ast.Name)}
        parts = [node.elt, *(test for each in node.generators for test in each.ifs)]
    return {part.id for whole in parts for part in ast.walk(whole) if isinstance(part, ast.Name)} - own


def _kept(body: Body, node: ast.AST, loop: ast.For | ast.While) -> bool:
    """Does a container that is read after the loop keep it?"""
    holder = _holder(body, node)
    if isinstance(holder, ast.Assign) and isinstance(holder.targets[0], ast.Name):  # name = lambda; list.append(name)
        name = holder.targets[0].id
        uses = (use for use in body.each(ast.Name) if isinstance(use, ast.Name) and use.id == name)
        holders = [_holder(body, use) for use in uses if isinstance(use.ctx, ast.Load) and loop in body.loops(use)]
    else:
        holders = [holder]
    return any(_read_after(body, container, loop) for each in holders for container in _containers(each))


def _holder(body: Body, node: ast.AST) -> ast.AST | None:
    """The statement, or the call of a container's method, that the value goes to as it is or inside a container."""
    for around in body.around(node):
        if isinstance(around, ast.Call):
            method = around.func.attr if isinstance(around.func, ast.Attribute) else ""
            if method in _KEEPING:
                return around
            if body.called(around) not in _WRAPPING:
                return None
        elif not isinstance(around, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.keyword | ast.Starred):
            return around
    return None


def _containers(holder: ast.AST | None) -> Iterator[str]:
    match holder:
        case ast.Call(func=ast.Attribute(value=container)):
            yield _root(container)
        case ast.Assign(targets=targets):
            yield from (_root(target) for target in targets if isinstance(target, ast.Subscript))
        case ast.AugAssign(target=target, op=ast.Add() | ast.BitOr()):
            yield _root(target)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _read_after(body: Body, name: str, loop: ast.For | ast.While) -> bool:
    end = loop.end_lineno or loop.lineno
    inside = any(isinstance(use, ast.Name) and use.id == name and use.lineno > end for use in body.each(ast.Name))
    return bool(name) and (inside or name == "self")


def _each_its_own(body: Body, loop: ast.For | ast.While, name: str) -> bool:
    """Does each iteration bind the name, without a use of what it was before, in the loop or after it?

    AutoGraph hands such names from one iteration to the next, and the lambdas then see the last value, as in Python.
    """
    if name in body.module.scopes[body.node].outer:
        return False
    bound = any(name in _bound(statement) for statement in loop.body)
    if isinstance(loop, ast.For):
        if name in _names(loop.target, ast.Store):
            return not _used(_after(body, loop), name)
    elif name in _names(loop.test, ast.Load):
        return False
    return bound and not _used(loop.body, name) and not _used(_after(body, loop), name)


def _after(body: Body, loop: ast.stmt) -> list[ast.stmt]:
    """The statements after the loop, in the blocks around it too."""
    following, child = list[ast.stmt](), loop
    for parent in (*body.around(loop), body.node):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(parent, field, None)
            if isinstance(block, list) and child in block:
                following += block[block.index(child) + 1 :]
        child = parent  # type: ignore[assignment]
    return following


def _used(statements: Iterable[ast.stmt], name: str) -> bool:
    """Is the name read before it is bound?"""
    for statement in statements:
        use = _use(statement, name)
        if use is not None:
            return use
    return False


def _use(statement: ast.stmt, name: str) -> bool | None:
    """Does the statement read the name first (True), bind it first (False), or leave it (None)?"""
    match statement:
        case ast.If(test=test, body=then, orelse=otherwise):
            if name in _names(test, ast.Load) or _used(then, name) or _used(otherwise, name):
                return True
            in_both = all(any(name in _bound(each) for each in branch) for branch in (then, otherwise))
            return False if in_both else None
        case ast.For(target=target, iter=over, body=inside):
            if name in _names(over, ast.Load):
                return True
            if name in _names(target, ast.Store):
                return False
            return True if _used(inside, name) else None
    if name in _names(statement, ast.Load) or _augments(statement, name):
        return True
    return False if name in _bound(statement) else None


def _augments(statement: ast.stmt, name: str) -> bool:
    return isinstance(statement, ast.AugAssign) and name in _names(statement.target, ast.Store)


def _bound(statement: ast.stmt) -> set[str]:
    return _names(statement, ast.Store)


def _names(node: ast.AST, context: type) -> set[str]:
    """The names that it reads or binds: a lambda reads nothing yet, a def all that is in it."""
    found, pending = set[str](), [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Name) and isinstance(part.ctx, context):
            found.add(part.id)
        if isinstance(part, ast.Lambda | ast.GeneratorExp) or (isinstance(part, _SCOPES) and context is ast.Store):
            continue
        pending += ast.iter_child_nodes(part)
    return found


ROWS = (
    Rule(
        "AG310",
        "lambda-in-loop",
        "error",
        None,
        "no lambda that outlives its iteration of a loop and reads the loop's name",
        "In Python all lambdas of the loop see the name's last value. AutoGraph makes the loop's body a function, so "
        "each lambda keeps the value of its own iteration.",
        "bind the value: `lambda v, factor=factor: v * factor`, which is the same in every mode",
        Behaviour("[9.0, 18.0]", "[6.0, 12.0]", "[6.0, 12.0]"),
        everywhere("[6.0, 12.0]"),
        loop_closures,
    ),
)
