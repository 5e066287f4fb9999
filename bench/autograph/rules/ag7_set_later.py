"""Rule AG708: attributes of layers, optimizers and other objects, read while tracing and set later."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.source.modules import Module, Scope
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.compiled import CompiledFunction

_VARIABLES = ("learning_rate", "lr", "iterations")  # attributes of Keras' objects that are variables: seen when set
# What Keras reads while tracing, of an object that the source says less about.
_READ = frozenset(
    "trainable rate clipnorm clipvalue global_clipnorm momentum nesterov weight_decay epsilon beta_1 beta_2 rho "
    "activation use_ema ema_momentum loss_scale seed noise_shape stddev".split()
)
_FIT = ("fit", "train_on_batch")
_Name = tuple[Scope, str]


def set_later(body: Body) -> Iterator[Hit]:
    """AG708: an attribute is set between calls of a function that read it while tracing."""
    for node in body.nodes:
        for base, attribute in _stored(body, node):
            if traced := _traced_before(body, node, base, attribute):
                name = f"{ast.unparse(base)}.{attribute}"
                yield Hit(node, f"`{name}` is set after {traced} was traced, and the trace keeps what it was")


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
    roots = list(_roots(body, base))
    for name, root in roots:
        plain = isinstance(base, ast.Name) and base.id == root.id
        keras = _is_keras(body, root, attribute, plain)
        for traced, calls in _calls(body, root).items():
            reads = _mentions(body, traced, name, keras, attribute) if isinstance(traced, CompiledFunction) else keras
            if reads and _around(body, calls, store) and not _compiled_anew(body, root, store):
                return traced.function.name if isinstance(traced, CompiledFunction) else traced
    return ""


def _roots(body: Body, base: ast.expr) -> Iterator[tuple[_Name, ast.Name]]:
    """The names that an object is reached by; of a loop's variable those that the loop is over."""
    for part in ast.walk(base):
        if not isinstance(part, ast.Name) or part not in body.module.enclosing:
            continue
        loop = next((each for each in body.loops(part) if isinstance(each, ast.For) and _binds(each, part.id)), None)
        for root in [part] if loop is None else [each for each in ast.walk(loop.iter) if isinstance(each, ast.Name)]:
            if root.id not in ("self", "cls") and (name := _resolved(body.module, root)):
                yield name, root


def _binds(loop: ast.For, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(loop.target))


def _resolved(module: Module, node: ast.Name) -> _Name | None:
    bound = names.lookup(node.id, module.enclosing[node]) if node in module.enclosing else None
    return (bound.scope, node.id) if bound else None


def _is_keras(body: Body, root: ast.Name, attribute: str, plain: bool) -> bool:
    """Is it an object of Keras, so that its own code reads the attribute?"""
    definition = body.project.definition(body.module, root)
    if definition is None or not isinstance(definition.node, ast.Call):
        return False
    if names.called(*definition).startswith("keras."):
        return plain or attribute in _READ
    owner = body.project.class_of(body.module, root)
    return owner is not None and attribute in _READ and body.project.is_keras(*owner)


def _calls(body: Body, root: ast.Name) -> dict[CompiledFunction | str, list[ast.Call]]:
    """The calls of each compiled function, and of Keras' own training of the object."""
    calls = dict[CompiledFunction | str, list[ast.Call]]()
    for call in body.each(ast.Call):
        assert isinstance(call, ast.Call)
        compiled = body.runs(call)
        if compiled is not None and compiled.kind == "tf.function":
            calls.setdefault(compiled, []).append(call)
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=method) if name == root.id and method in _FIT:
                calls.setdefault(f"{name}.{method}", []).append(call)
    return calls


def _mentions(body: Body, compiled: CompiledFunction, name: _Name, keras: bool, attribute: str) -> bool:
    """Does the traced code use the object of Keras, or read the attribute of the object?"""
    for traced in body.index.functions.values():
        if traced.compiled is not compiled:
            continue
        for node in traced.each(ast.Name):
            assert isinstance(node, ast.Name)
            if node.id != name[1] or _resolved(traced.module, node) != name:
                continue
            parent = traced.module.parents.get(node)
            match parent:
                case ast.Attribute(attr=read, ctx=ast.Load()) if read == attribute and not keras:
                    if traced.tensor(parent) is not Tensor.YES and not _of_project(traced, node):
                        return True
            if keras:
                return True
    return False


def _of_project(body: Body, node: ast.Name) -> bool:
    """Is it an object of a class of the project? Then AG701 sees the attribute."""
    return body.project.class_of(body.module, node) is not None


def _around(body: Body, calls: list[ast.Call], store: ast.AST) -> bool:
    """Is there a call before the store and one after it, or one in the same loop?"""
    line, loops = getattr(store, "lineno", 0), set(body.loops(store))
    before = any(call.lineno < line for call in calls)
    after = any(call.lineno > line for call in calls)
    return (before and after) or any(loops & set(body.loops(call)) for call in calls)


def _compiled_anew(body: Body, root: ast.Name, store: ast.AST) -> bool:
    """Is compile() of the model called after the store? Keras then traces again."""
    for call in body.each(ast.Call):
        match call:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="compile")):
                if name == root.id and call.lineno > getattr(store, "lineno", 0):
                    return True
    return False


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
