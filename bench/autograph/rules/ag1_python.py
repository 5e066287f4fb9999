"""Rules AG101 to AG105, the tutorial's first rule: use TensorFlow's functions, not Python's."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.constants import whole_number
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.traced.body import Body, Hit

_OUTPUT = ("logging.", "sys.stdout.", "sys.stderr.", "absl.logging.", "tqdm.", "rich.print")
_LOGGERS = frozenset("debug info warning warn error exception critical log".split())
_MANY = 50  # iterations of a Python loop from which it is reported
_UNTOUCHED = frozenset("bool min max sum any all round reversed divmod complex".split())
_OVER = frozenset("zip map filter enumerate iter".split())


def output(body: Body) -> Iterator[Hit]:
    """AG101: print, logging, open, sys.stdout, tqdm."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        dotted = body.called(node)
        shown = [*node.args, *(keyword.value for keyword in node.keywords)]
        tensors = any(body.tensor(argument) >= Tensor.LIKELY for argument in shown)
        if dotted in ("builtins.print", "builtins.input", "builtins.open"):
            yield Hit(node, _of_builtin(node, dotted.removeprefix("builtins.")))
        elif dotted.startswith(_OUTPUT) or _logger(body, node):
            message = f"{ast.unparse(node.func)}() runs while TensorFlow traces, not at each call"
            yield Hit(node, message, Tensor.YES if tensors else Tensor.LIKELY)


def _of_builtin(node: ast.Call, builtin: str) -> str:
    if isinstance(node.func, ast.Name) and node.func.id != builtin:
        return f"AutoGraph does not recognise {builtin}() by this name: it stays plain Python"
    return f"{builtin}() runs while TensorFlow traces, not at each call"


def _logger(body: Body, node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _LOGGERS:
        return False
    definition = body.project.definition(body.module, node.func.value)
    return (
        definition is not None
        and isinstance(definition.node, ast.Call)
        and body.called(definition.node) == "logging.getLogger"
    )


def copies(body: Body) -> Iterator[Hit]:
    """AG102: a Python loop whose iterations are copied into the graph."""
    for node in body.each(ast.For):
        assert isinstance(node, ast.For)
        if body.called(node.iter) != "builtins.range" or not isinstance(node.iter, ast.Call):
            continue
        computed = _computed(body, node)
        if body.test(node) is not Tensor.NO or computed < Tensor.LIKELY or _fills_a_list(body, node):
            continue
        iterations = _iterations(body, node.iter)
        by_parameter = any(body.value(part).origin == "parameter" for part in node.iter.args)
        if iterations is not None and iterations >= _MANY:
            yield Hit(node.iter, f"this loop's body is copied into the graph {iterations} times", computed)
        elif iterations is None and by_parameter and computed is Tensor.YES:
            yield Hit(node.iter, "this loop's body is copied into the graph once per iteration, and retraced per count")


def _computed(body: Body, node: ast.For) -> Tensor:
    """How surely the loop's body computes with tensors."""
    inside = (part for statement in node.body for part in ast.walk(statement))
    return max((body.tensor(part) for part in inside if isinstance(part, ast.Call | ast.BinOp)), default=Tensor.NO)


def _fills_a_list(body: Body, node: ast.For) -> bool:
    """Does it append tensors? A loop of the graph could not do that."""
    for part in (part for statement in node.body for part in ast.walk(statement)):
        match part:
            case ast.Call(func=ast.Attribute(attr="append"), args=[value]) if body.tensor(value) is not Tensor.NO:
                return True
    return False


def _iterations(body: Body, node: ast.Call) -> int | None:
    """The iterations of `range(...)` of numbers and constants; None where the source does not say how many."""
    numbers = [whole_number(body, part) for part in node.args]
    if not numbers or None in numbers or 0 in numbers[2:]:
        return None
    return len(range(*(number for number in numbers if number is not None)))


def endless(body: Body) -> Iterator[Hit]:
    """AG103: `while True` that is left when a tensor says so."""
    for node in body.each(ast.While):
        assert isinstance(node, ast.While)
        if not (isinstance(node.test, ast.Constant) and node.test.value):
            continue
        for way_out in body.each(ast.Break, ast.Return):
            level = body.decided(way_out, node)
            if level >= Tensor.LIKELY and next(body.loops(way_out), None) is node:
                yield Hit(node, "a tensor ends this `while True`, but its condition is not a tensor", level)
                break


def texts(body: Body) -> Iterator[Hit]:
    """AG104: a tensor in an f-string, `str`, `format` or `%`."""
    for node in body.nodes:
        for part in _formatted(body, node):
            level = body.tensor(part)
            if level >= Tensor.LIKELY and not _for_people(body, node):
                yield Hit(node, f"the text will hold `{ast.unparse(part)}`'s symbolic name, not its value", level)
                break


def _formatted(body: Body, node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.JoinedStr(values=values):
            return [part.value for part in values if isinstance(part, ast.FormattedValue)]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format"), args=args):
            return [*args, *(keyword.value for keyword in node.keywords)]
        case ast.Call(args=[first, *_]) if body.called(node) in ("builtins.str", "builtins.repr", "builtins.format"):
            return [first]
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=right):
            return list(right.elts) if isinstance(right, ast.Tuple) else [right]
    return []


def _for_people(body: Body, node: ast.AST) -> bool:
    """Is it the text of an exception, or of output that AG101 reports already?"""
    for ancestor in body.around(node):
        if isinstance(ancestor, ast.Raise | ast.Assert):
            return True
        if isinstance(ancestor, ast.Call) and body.called(ancestor).startswith(("builtins.print", *_OUTPUT)):
            return True
    return False


def builtins(body: Body) -> Iterator[Hit]:
    """AG105: builtins that AutoGraph leaves as they are, `math`, and `in`."""
    for node in body.each(ast.Call, ast.Compare):
        if isinstance(node, ast.Call):
            yield from _builtin(body, node)
        elif isinstance(node, ast.Compare) and any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            level = body.tensor(node.comparators[-1])
            if level is Tensor.YES:
                yield Hit(node, f"`in` cannot search the tensor `{ast.unparse(node.comparators[-1])}`", level)


def _builtin(body: Body, node: ast.Call) -> Iterator[Hit]:
    family, _, name = body.called(node).rpartition(".")
    if not ((family == "builtins" and name in _UNTOUCHED | _OVER) or family == "math"):
        return
    level = max((body.tensor(part) for part in node.args), default=Tensor.NO)
    if level is Tensor.YES or (level is Tensor.LIKELY and family == "math"):
        yield Hit(node, f"{name}() is Python's and cannot take a tensor", level)


ROWS = (
    Rule(
        "AG101",
        "python-output",
        "warning",
        1,
        "no print, logging, open, sys.stdout or tqdm",
        "Python runs only while TensorFlow traces. It prints once per trace, and shows a symbolic tensor.",
        "tf.print or tf.summary (not under XLA, which compiles neither); or return the value and print it outside",
        Behaviour("prints 3 lines", "prints 1 lines", "prints 1 lines"),
        Behaviour("prints 3 lines", "prints 3 lines", "InvalidArgumentError: Detected unsupported operations"),
        output,
    ),
    Rule(
        "AG102",
        "copied-loop",
        "warning",
        1,
        "no long Python loop over tensor operations",
        "A Python loop runs while tracing, and each iteration adds operations to the graph: slow tracing, more memory",
        "for i in tf.range(n); keep the Python loop where it is short or fills a list",
        everywhere("[1152921504606846976.0, 60]"),
        Behaviour("[1152921504606846976.0, 60]", *["[1152921504606846976.0, 1]"] * 2),
        copies,
    ),
    Rule(
        "AG103",
        "endless-while",
        "error",
        1,
        "no `while True` that a tensor ends",
        "AutoGraph decides what a loop is from its condition. `True` is Python's, so a tensor may not end the loop.",
        "make the condition a tensor: `while tf.constant(True)`, or the test itself",
        Behaviour(
            "7", *["NotImplementedError: condition of while loop started as non-Tensor, then changed to Tensor"] * 2
        ),
        everywhere("7"),
        endless,
        (r"condition of while loop started as non-Tensor, then changed to Tensor",),
    ),
    Rule(
        "AG104",
        "tensor-in-text",
        "warning",
        1,
        "no tensor in an f-string, str() or format()",
        "The text is made once, while tracing, when the tensor has a name but no value.",
        'tf.print("x:", x), or tf.strings.format outside XLA',
        Behaviour("False", "True", "True"),
        everywhere("False"),
        texts,
    ),
    Rule(
        "AG105",
        "python-builtin",
        "error",
        1,
        "no builtin, math function or `in` that AutoGraph does not replace",
        "AutoGraph replaces abs, int, float, len, range, print and boolean operators. The others ask a symbolic tensor "
        "for its value, which it does not have.",
        "tf.reduce_max, tf.reduce_sum, tf.maximum, tf.round, tf.math.*; tf.reduce_any(t == x) for `in`",
        Behaviour("0.0", *["OperatorNotAllowedInGraphError: Using a symbolic `tf.Tensor` as a Python `bool`"] * 2),
        everywhere("0.0"),
        builtins,
        (r"[Uu]sing a symbolic `?tf\.Tensor`? as a Python `?bool", r"must be real number, not Symbolic"),
    ),
)
