"""Rule AG708: attributes of layers, optimizers and other objects, read while tracing and set later."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.source.modules import Scope
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.compiled import CompiledFunction

_VARIABLES = ("learning_rate", "lr", "iterations")  # attributes of Keras' objects that are variables: seen when set
# What Keras reads while tracing, of an object that the source says less about.
_READ = frozenset(
    "trainable rate clipnorm clipvalue global_clipnorm momentum nesterov weight_decay epsilon beta_1 beta_2 rho "
    "activation use_ema ema_momentum loss_scale seed noise_shape stddev".split()
)
_FIT = ("fit", "train_on_batch")
_Held = tuple[Scope | ast.ClassDef, str]  # a variable of a scope, or an attribute of a class


def set_later(body: Body) -> Iterator[Hit]:
    """AG708: an attribute is set between calls of a function that read it while tracing."""
    for node in body.nodes:
        for base, attribute in _stored(body, node):
            if traced := _traced_before(body, node, base, attribute):
                name = f"{ast.unparse(base)}.{attribute}"
                yield Hit(node, f"`{name}` is set after {traced} was traced, and the trace keeps the old value")


def _stored(body: Body, node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    match node:
        case ast.Attribute(value=base, attr=attribute, ctx=ast.Store()):
            yield base, attribute
        case ast.Call(args=[base, ast.Constant(value=str() as attribute), _]):
            if body.called(node) == "builtins.setattr":
                yield base, attribute


def _traced_before(body: Body, store: ast.AST, base: ast.expr, attribute: str) -> str:
    """The function that is called before and after the store and reads the attribute; empty where there is none."""
    if attribute in _VARIABLES:
        return ""
    for part in _parts(body, base):
        held = _identity(body, part)
        calls_of = _calls(body, part) if held else {}
        if not calls_of:
            continue
        keras = _is_keras(body, part, attribute, part is base)
        for traced, calls in calls_of.items():
            compiled = isinstance(traced, CompiledFunction)
            reads = _mentions(body, traced, held, keras, attribute) if isinstance(traced, CompiledFunction) else keras
            if reads and _around(body, calls, store) and (compiled or not _compiled_anew(body, part, store)):
                return traced.function.name if isinstance(traced, CompiledFunction) else traced
    return ""


def _parts(body: Body, base: ast.expr) -> Iterator[ast.expr]:
    """The expressions that an object is reached by; of a loop's variable those that the loop is over."""
    for part in ast.walk(base):
        loop = _loop_of(body, part)
        for reached in [part] if loop is None else ast.walk(loop.iter):
            if isinstance(reached, ast.Name | ast.Attribute):
                yield reached


def _loop_of(body: Body, node: ast.AST) -> ast.For | None:
    if not isinstance(node, ast.Name):
        return None
    loops = (loop for loop in body.loops(node) if isinstance(loop, ast.For))
    return next((loop for loop in loops if _binds(loop, node.id)), None)


def _binds(loop: ast.For, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(loop.target))


def _identity(body: Body, node: ast.AST) -> _Held | None:
    """What an expression names, the same wherever it is named: a variable of a scope, or an attribute of a class."""
    if isinstance(node, ast.Name) and node.id not in ("self", "cls") and node in body.module.enclosing:
        bound = names.lookup(node.id, body.module.enclosing[node])
        return (bound.scope, node.id) if bound else None
    if isinstance(node, ast.Attribute) and (owner := body.project.class_of(body.module, node.value)):
        return owner[1], node.attr
    return None


def _is_keras(body: Body, node: ast.expr, attribute: str, plain: bool) -> bool:
    """Is it an object of Keras, so that its own code reads the attribute?"""
    definition = body.project.definition(body.module, node)
    if definition is None or not isinstance(definition.node, ast.Call):
        return False
    if names.called(*definition).startswith("keras."):
        return plain or attribute in _READ
    owner = body.project.class_of(body.module, node)
    return owner is not None and attribute in _READ and body.project.is_keras(*owner)


def _calls(body: Body, held: ast.expr) -> dict[CompiledFunction | str, list[ast.Call]]:
    """The calls of each compiled function, and of Keras' own training of the object."""
    calls, name = dict[CompiledFunction | str, list[ast.Call]](), ast.unparse(held)
    for call in body.each(ast.Call):
        assert isinstance(call, ast.Call)
        compiled = body.runs(call)
        if compiled is not None and compiled.kind == "tf.function":
            calls.setdefault(compiled, []).append(call)
        elif _method(call) in _FIT and ast.unparse(call.func).rpartition(".")[0] == name:
            calls.setdefault(f"{name}.{_method(call)}", []).append(call)
    return calls


def _method(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _mentions(body: Body, compiled: CompiledFunction, held: _Held | None, keras: bool, attribute: str) -> bool:
    """Does the traced code use the object of Keras, or read the attribute of another object?"""
    for traced in body.index.functions.values():
        if traced.compiled is not compiled:
            continue
        for node in traced.each(ast.Name, ast.Attribute):
            if _identity(traced, node) == held and (keras or _reads(traced, node, attribute)):
                return True
    return False


def _reads(traced: Body, node: ast.AST, attribute: str) -> bool:
    """Is it `object.attribute`, a Python value of an object whose class is not in the project? (That is AG701's.)"""
    match traced.module.parents.get(node):
        case ast.Attribute(attr=read, ctx=ast.Load()) as parent if read == attribute:
            python = traced.tensor(parent) is not Tensor.YES
            return python and traced.project.class_of(traced.module, node) is None
    return False


def _around(body: Body, calls: list[ast.Call], store: ast.AST) -> bool:
    """Is there a call before the store and one after it, or one in the same loop?"""
    line, loops = getattr(store, "lineno", 0), set(body.loops(store))
    before = any(call.lineno < line for call in calls)
    after = any(call.lineno > line for call in calls)
    return (before and after) or any(loops & set(body.loops(call)) for call in calls)


def _compiled_anew(body: Body, held: ast.expr, store: ast.AST) -> bool:
    """Is compile() of the model called after the store? Keras then traces again."""
    name, line = ast.unparse(held), getattr(store, "lineno", 0)
    calls = (call for call in body.each(ast.Call) if isinstance(call, ast.Call) and _method(call) == "compile")
    return any(call.lineno > line and ast.unparse(call.func) == f"{name}.compile" for call in calls)


ROWS = (
    Rule(
        "AG708",
        "attribute-set-later",
        "warning",
        None,
        "no attribute of a layer, optimizer or settings object set after the trace that read it",
        "trainable, rate, clipnorm and the like are Python values. They are read while tracing, and the trace keeps "
        "what they were.",
        "set it before the first call; make a new tf.function after it, or compile() the model again; a tf.Variable",
        Behaviour("[2, 0]", "[2, 2]", "[2, 2]"),
        everywhere("[1.0, 5.0]"),
        set_later,
        of_callers=True,
        coverage="static, where the calls and the line that sets it are in one function",
    ),
)
