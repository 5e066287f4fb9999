"""Rules AG501 to AG504 and AG506: `if`, `for` and `while` that a tensor decides."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.traced.body import Body, Hit

_NOT_ALLOWED = "OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python `bool` is not allowed"
NOT_ALLOWED = (_NOT_ALLOWED, _NOT_ALLOWED)
BOOL = r"[Uu]sing a symbolic `?tf\.Tensor`? as a Python `?bool"
ITERATING = r"[Ii]terating over a symbolic `?tf\.Tensor`? is not allowed"


def unconverted(body: Body) -> Iterator[Hit]:
    """AG501: a tensor decides where AutoGraph is off."""
    if not body.converted and not behind_keras(body):
        yield from decided_by_tensors(body, "AutoGraph is off here, so Python would decide by a tensor")


def behind_keras(body: Body) -> bool:
    """Is AutoGraph off because Keras calls the function?"""
    keras = body.compiled is not None and body.compiled.kind == "keras"
    return keras or (body.function is not None and body.function.name.endswith(".call"))


def decided_by_tensors(body: Body, message: str) -> Iterator[Hit]:
    """Each `if`, `while`, conditional expression and `for` that a tensor decides."""
    for node in body.each(ast.If, ast.While, ast.IfExp, ast.For):
        level = body.test(node)
        if level >= Tensor.LIKELY:
            shown = node.iter if isinstance(node, ast.For) else getattr(node, "test", node)
            yield Hit(shown, message, level)


def undefined(body: Body) -> Iterator[Hit]:
    """AG502: a name has a value in one branch only, or None in the other."""
    if not body.converted:
        return
    for node in body.each(ast.If):
        assert isinstance(node, ast.If)
        level = body.test(node)
        if level < Tensor.LIKELY or _ends(node.body) or _ends(node.orelse):
            continue
        first, second = _stores(node.body), _stores(node.orelse)
        for name in sorted(set(first) ^ set(second)):
            store = first.get(name) or second[name]
            before = _before(body, node, name)
            if _read_after(body, node, name) and before is not None:
                yield Hit(store, f"`{name}` {before} where this branch is not taken", level)


def _stores(block: list[ast.stmt]) -> dict[str, ast.Name]:
    stores: dict[str, ast.Name] = {}
    for statement in block:
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                stores.setdefault(part.id, part)
    return stores


def _ends(block: list[ast.stmt]) -> bool:
    return bool(block) and isinstance(block[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def _before(body: Body, node: ast.If, name: str) -> str | None:
    """What is wrong with the name before the `if`; None where the name has a value."""
    bindings = body.module.scopes[body.node].bindings.get(name, [])
    if any(binding.kind != "value" and binding.kind != "other" for binding in bindings):
        return None
    if not bindings or name in body.module.scopes[body.node].outer:
        return None
    earlier = [binding for binding in bindings if getattr(binding.node, "lineno", 0) < node.lineno]
    if not earlier and not any(True for _ in body.loops(node)):
        return "has no value"
    latest = max(earlier, key=lambda binding: getattr(binding.node, "lineno", 0), default=None)
    plain_none = latest is not None and isinstance(latest.value, ast.Constant) and latest.value.value is None
    return "is None" if plain_none and len(earlier) == 1 else None


def _read_after(body: Body, node: ast.stmt, name: str) -> bool:
    end = node.end_lineno or node.lineno
    later = (part for part in body.each(ast.Name) if isinstance(part, ast.Name) and part.lineno > end)
    first = next((part for part in later if part.id == name), None)
    return first is not None and isinstance(first.ctx, ast.Load)


def structure(body: Body) -> Iterator[Hit]:
    """AG503: the branches give numbers of different types, or a value in a loop changes its type or grows."""
    for node in body.each(ast.If) if body.converted else ():
        assert isinstance(node, ast.If)
        if body.test(node) < Tensor.LIKELY:
            continue
        first, second = _numbers(node.body), _numbers(node.orelse)
        for name in sorted(first.keys() & second.keys()):
            if type(first[name].value) is not type(second[name].value):
                yield Hit(second[name], f"`{name}` has another type in the other branch", body.test(node))
    for node in body.each(ast.Assign) if body.converted and not body.jit else ():
        assert isinstance(node, ast.Assign)
        loop = body.tensor_loop(node)
        if loop is not None and grows(body, node) and not _has_options(body, loop):
            yield Hit(node, f"`{ast.unparse(node.targets[0])}` changes its shape in a graph loop")


def _numbers(block: list[ast.stmt]) -> dict[str, ast.Constant]:
    numbers = {}
    for node in block:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() | float()) as value):
                numbers[name] = value
    return numbers


def grows(body: Body, node: ast.Assign) -> bool:
    """Does the assignment append to its own target, as `rows = tf.concat([rows, more], 0)` does?"""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[ast.List(elts=parts), *_]) as call):
            joined = body.called(call) == "tensorflow.concat"
            return joined and any(isinstance(part, ast.Name) and part.id == name for part in parts)
    return False


def _has_options(body: Body, loop: ast.AST) -> bool:
    return any(body.called(part).endswith(".set_loop_options") for part in ast.walk(loop))


def raising(body: Body) -> Iterator[Hit]:
    """AG504: a raise that a tensor decides."""
    for node in body.each(ast.Raise):
        level = body.decided(node)
        if level >= Tensor.LIKELY and body.converted and not _in_handler(body, node):
            yield Hit(node, "both branches are traced, so this raises whatever the tensor's value", level)


def _in_handler(body: Body, node: ast.AST) -> bool:
    return any(isinstance(outer, ast.ExceptHandler) for outer in body.around(node))


def leaving(body: Body) -> Iterator[Hit]:
    """AG506: break and return that a tensor decides, and a return in one branch only."""
    if not body.converted:
        return
    for node in body.each(ast.Break, ast.Return):
        loop = next(body.loops(node), None)
        if loop is None:
            continue
        level = body.decided(node, loop)
        over = body.test(loop)
        word = "break" if isinstance(node, ast.Break) else "return"
        if isinstance(loop, ast.For) and over is Tensor.NO and level is Tensor.YES:
            yield Hit(node, f"a tensor decides this {word}, but the loop around it is a Python loop", level)
        elif isinstance(node, ast.Return) and over is Tensor.YES:
            yield Hit(node, "a graph loop cannot be left by return", over)
    yield from _half_returns(body)


def _half_returns(body: Body) -> Iterator[Hit]:
    statements = getattr(body.node, "body", [])
    last = statements[-1] if isinstance(statements, list) and statements else None
    if isinstance(last, ast.If) and body.test(last) is Tensor.YES and not last.orelse:
        returns = [
            statement for statement in last.body if isinstance(statement, ast.Return) and statement.value is not None
        ]
        if returns:
            yield Hit(returns[0], "the other branch returns nothing")


ROWS = (
    Rule(
        "AG501",
        "tensor-decides-unconverted",
        "error",
        None,
        "no `if` or `while` on a tensor where AutoGraph is off",
        "autograph=False and do_not_convert leave the code to Python, also in all it calls. Python asks the tensor for "
        "its truth.",
        "tf.cond, tf.while_loop, tf.where; or let AutoGraph convert the function",
        Behaviour("1.0", *NOT_ALLOWED),
        everywhere("1.0"),
        unconverted,
        (BOOL,),
    ),
    Rule(
        "AG502",
        "undefined-in-branch",
        "error",
        None,
        "every branch gives the name a value",
        "A graph has both branches, and both must give the same names. After a loop, the name must have had a value "
        "before it.",
        "give the name a value of the same type before the `if`",
        Behaviour("[2.0, 4.0]", *["ValueError: 'scale' must also be initialized in the else branch"] * 2),
        everywhere("[2.0, 4.0]"),
        undefined,
        (
            r"must also be initialized in the (else|main) branch",
            r"is None at the end of the (else|main) branch",
            r"loop must iterate at least once to initialize",
        ),
    ),
    Rule(
        "AG503",
        "other-type-in-branch",
        "error",
        None,
        "the same dtype, shape and structure in every branch and iteration",
        "A value that leaves a branch or an iteration has one type in the graph.",
        "1.0 for 1, tf.cast; set_loop_options(shape_invariants=...) for a shape that grows",
        Behaviour(
            "1", *["TypeError: 'n' has dtype int32 in the main branch, but dtype float32 in the else branch"] * 2
        ),
        Behaviour("1.0", "1.0", "1.0"),
        structure,
        (
            r"has dtype \w+ in the main branch, but dtype \w+ in the else branch",
            r"has (dtype|shape) .* before the loop, but (dtype|shape) .* after one iteration",
            r"does not have the same nested structure",
            r"The two structures don't have the same nested structure",
        ),
        coverage="static, for literals of other types and for concat in a loop; other shapes and structures are not",
    ),
    Rule(
        "AG504",
        "raise-under-tensor",
        "error",
        None,
        "no raise under a test of a tensor",
        "Both branches are traced, and tracing runs the raise.",
        "tf.debugging.assert_* outside XLA; or test before the call",
        Behaviour("[1.0, 2.0]", *["ValueError: negative"] * 2),
        everywhere("[1.0, 2.0]"),
        raising,
    ),
    Rule(
        "AG506",
        "leaving-a-loop",
        "error",
        None,
        "no break or return that a tensor decides in a Python loop, no return in a graph loop",
        "A Python loop is unrolled, so no tensor can end it; a graph loop has one exit.",
        "loop over tf.range or a tensor; set a flag and return after the loop; return in both branches",
        Behaviour("2.0", *["NotImplementedError: not supported in Python for loops"] * 2),
        everywhere("2.0"),
        leaving,
        (
            r"break.*depend.*TF condition are not supported in Python for loops",
            r"not supported in Python for loops\. Did you intend to make it a TF loop",
            r"return statement cannot be placed inside this TensorFlow loop",
            r"must not? be placed inside this TensorFlow loop",
            r"the else branch must also have a return statement",
        ),
    ),
)
