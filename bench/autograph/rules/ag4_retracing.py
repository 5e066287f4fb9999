"""Rules AG401 to AG404: calls that cause a retrace."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Behaviour, Rule
from bench.autograph.source import names
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.compiled import CompiledFunction

RETRACING = r"triggered tf\.function retracing"
_COUNTERS = ("builtins.range", "builtins.enumerate")
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_KERAS_METHODS = frozenset("call train_step test_step predict_step compute_loss apply apply_gradients build".split())
_ONCE = ("__init__", "build", "__post_init__")  # methods that run once per object


def compiled_calls(body: Body) -> Iterator[tuple[ast.Call, CompiledFunction]]:
    """The calls of tf.functions, with what they call."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        compiled = body.runs(node)
        if compiled and compiled.kind == "tf.function":
            yield node, compiled


def given(node: ast.Call) -> list[ast.expr]:
    """All arguments of a call."""
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def python_numbers(body: Body) -> Iterator[Hit]:
    """AG401: a Python number that a loop changes is an argument."""
    for node, compiled in compiled_calls(body):
        if compiled.signature is not None:
            continue
        for argument in given(node):
            number = body.value(argument).kind == "python" and _is_number(body, argument)
            used = {part.id for part in ast.walk(argument) if isinstance(part, ast.Name)}
            if number and any(_changes(body, node, name) for name in used):
                yield Hit(
                    argument, f"Python number `{ast.unparse(argument)}` changes in this loop: one trace for each value"
                )


def _is_number(body: Body, node: ast.expr) -> bool:
    """Is it no call, or one that makes a Python number?"""
    return not isinstance(node, ast.Call) or body.called(node) in ("builtins.float", "builtins.int")


def _changes(body: Body, node: ast.AST, name: str) -> bool:
    for loop in _repeating(body, node):
        if not isinstance(loop, ast.While) and body.called(loop.iter) in _COUNTERS:
            counter = loop.target.elts[0] if isinstance(loop.target, ast.Tuple) else loop.target
            if isinstance(counter, ast.Name) and counter.id == name:
                return True
        for part in ast.walk(loop):
            if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name) and part.target.id == name:
                return True
    return False


def _repeating(body: Body, node: ast.AST) -> Iterator[ast.For | ast.While | ast.comprehension]:
    """The loops around a node, those of comprehensions too."""
    yield from body.loops(node)
    child = node
    for around in body.around(node):
        if isinstance(around, _COMPREHENSIONS):
            yield from around.generators if child not in around.generators else ()
        child = around


def ragged_batches(body: Body) -> Iterator[Hit]:
    """AG402: batches of a dataset whose last batch may be smaller are passed to a compiled function."""
    for loop in body.each(ast.For):
        assert isinstance(loop, ast.For)
        batch = _last_batch(body, loop.iter)
        targets = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
        if batch is None or _given_drop(batch):
            continue
        for node, compiled in compiled_calls(body):
            used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
            if (
                loop in _repeating(body, node)
                and targets & used
                and compiled.signature is None
                and not compiled.relaxed
            ):
                yield Hit(batch, "the last batch may be smaller, which causes a retrace")
                break


def _last_batch(body: Body, node: ast.expr) -> ast.Call | None:
    """The `.batch(n)` of a dataset, searched along its chain of methods and through one name."""
    if isinstance(node, ast.Call) and body.called(node) == "builtins.enumerate" and node.args:
        node = node.args[0]
    if isinstance(node, ast.Name):
        definition = body.project.definition(body.module, node)
        node = (
            definition.node
            if definition and isinstance(definition.node, ast.Call) and definition.module is body.module
            else node
        )
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "repeat":
            return None  # it may never end
        if node.func.attr == "batch":
            return node if body.value(node.func.value).kind in ("dataset", "unknown") else None
        node = node.func.value
    return None


def _given_drop(node: ast.Call) -> bool:
    return len(node.args) > 1 or any(keyword.arg == "drop_remainder" for keyword in node.keywords)


def new_objects(body: Body) -> Iterator[Hit]:
    """AG403: a lambda, a bound method or a new object is an argument."""
    for node, _ in compiled_calls(body):
        in_a_loop = Tensor.YES if any(True for _ in _repeating(body, node)) else Tensor.LIKELY
        for argument in given(node):
            constructed = (
                body.project.definition(body.module, argument.func) if isinstance(argument, ast.Call) else None
            )
            if isinstance(argument, ast.Lambda):
                yield Hit(argument, "a lambda made here is new in every call and causes a retrace", in_a_loop)
            elif constructed and isinstance(constructed.node, ast.ClassDef):
                name = constructed.node.name
                yield Hit(argument, f"a {name} made here is new in every call and causes a retrace", in_a_loop)
            elif isinstance(argument, ast.Attribute) and _is_method(body, argument):
                yield Hit(argument, "a bound method is a new object each time and causes a retrace")
            elif body.called(argument) == "functools.partial":
                yield Hit(argument, "a partial made here is new in every call and causes a retrace", in_a_loop)


def _is_method(body: Body, node: ast.Attribute) -> bool:
    definition = body.project.definition(body.module, node)
    owner = body.project.definition(body.module, node.value)
    if owner and isinstance(owner.node, ast.Call) and names.called(*owner).startswith("keras."):
        return node.attr in _KERAS_METHODS
    return (
        definition is not None
        and isinstance(definition.node, ast.FunctionDef)
        and definition.node not in body.index.compiled
    )


def built_again(body: Body) -> Iterator[Hit]:
    """AG404: a tf.function is created in a loop, or for a single call."""
    for node in body.each(ast.Call, ast.FunctionDef):
        compiled = body.index.compiled.get(node)
        if compiled is None or compiled.kind != "tf.function":
            continue
        loops = list(body.loops(node))
        called_at_once = isinstance(node, ast.Call) and _calls(body, node)
        in_comprehension = not loops and any(True for _ in _repeating(body, node))
        if (loops and not _leaves(loops[0], node)) or (called_at_once and in_comprehension):
            yield Hit(node, "a tf.function made in a loop is traced again in every iteration")
        elif called_at_once and _runs_often(body):
            yield Hit(node, "a tf.function made for one call is traced again in each call")


def _calls(body: Body, node: ast.Call) -> bool:
    parent = body.module.parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _runs_often(body: Body) -> bool:
    return body.function is not None and body.function.name.rpartition(".")[2] not in _ONCE


def _leaves(loop: ast.For | ast.While, node: ast.AST) -> bool:
    """Is the function of each iteration kept, for example in a dict of functions?"""
    name = node.name if isinstance(node, ast.FunctionDef) else ""
    for part in ast.walk(loop):
        into = isinstance(part, ast.Assign) and any(isinstance(target, ast.Subscript) for target in part.targets)
        value = part.value if into and isinstance(part, ast.Assign) else None
        if value is node or (isinstance(value, ast.Name) and value.id == name):
            return True
    return False


ROWS = (
    Rule(
        "AG401",
        "python-number-argument",
        "warning",
        None,
        "no changing Python number as an argument",
        "A Python number is part of the signature. Each new value is a new trace, with a warning from the fifth on.",
        "tf.constant(number), or keep it where there are few values",
        Behaviour("0", "6", "6"),
        Behaviour("0", "1", "1"),
        python_numbers,
        (RETRACING, r"passing python objects instead of tensors"),
        of_callers=True,
    ),
    Rule(
        "AG402",
        "changing-shape",
        "info",
        None,
        "no changing shapes",
        "Each new shape of an argument is a new trace.",
        "batch(n, drop_remainder=True); or reduce_retracing=True, or an input_signature with None",
        Behaviour("0", "2", "2"),
        Behaviour("0", "1", "1"),
        ragged_batches,
        (r"passing tensors with different shapes", RETRACING),
        of_callers=True,
        coverage="static, where the dataset and the loop are in one function; shapes are not followed",
    ),
    Rule(
        "AG403",
        "new-object-argument",
        "warning",
        None,
        "no new lambda, object or bound method as an argument",
        "Such an argument is compared by identity, so a new one is a new trace. `object.method` makes a new one each "
        "time.",
        "a function of the module, or an object that is made once",
        Behaviour("0", "4", "4"),
        Behaviour("0", "1", "1"),
        new_objects,
        (r"passing python objects instead of tensors", RETRACING),
        of_callers=True,
    ),
    Rule(
        "AG404",
        "function-made-again",
        "warning",
        None,
        "no tf.function made in a loop or for one call",
        "Each tf.function keeps its own traces, and a new one has none.",
        "make it once, outside, and call that",
        Behaviour("4", "4", "4"),
        Behaviour("4", "1", "1"),
        built_again,
        (r"creating @tf\.function repeatedly in a loop", RETRACING),
        of_callers=True,
    ),
)
