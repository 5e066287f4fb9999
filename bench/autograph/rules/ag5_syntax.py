"""Rules AG505 and AG507 to AG510: comprehensions, assert, try, recursion and indices on tensors."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.ag5_branches import BOOL, ITERATING, NOT_ALLOWED
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.traced.body import Body, Hit

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SIZES = ("tensorflow.shape", "tensorflow.size", "builtins.len")


def iterated(body: Body) -> Iterator[Hit]:
    """AG505: a comprehension over a tensor, or a tensor that is unpacked."""
    for node in body.each(*_COMPREHENSIONS, ast.Assign, ast.Starred, ast.Call):
        for source, construct in _iterated(body, node):
            level = body.tensor(source)
            if level is Tensor.YES:
                yield Hit(
                    node, f"{construct} iterates `{ast.unparse(source)}` in Python, and a tensor has no elements yet"
                )


def _iterated(body: Body, node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    match node:
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from ((part.iter, "a comprehension") for part in node.generators)
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=value):
            yield value, "unpacking"
        case ast.Starred(value=value, ctx=ast.Load()):
            yield value, "`*`"
        case ast.Call(args=[first]) if body.called(node) in ("builtins.list", "builtins.tuple", "builtins.set"):
            yield first, body.called(node).removeprefix("builtins.") + "()"


def asserted(body: Body) -> Iterator[Hit]:
    """AG507: assert on a tensor."""
    for node in body.each(ast.Assert):
        level = body.test(node)
        if level >= Tensor.LIKELY:
            yield Hit(node, "assert needs the value of a tensor, which has none yet", level)


def caught(body: Body) -> Iterator[Hit]:
    """AG508: `except tf.errors...` around operations."""
    for node in body.each(ast.ExceptHandler):
        assert isinstance(node, ast.ExceptHandler)
        error_types = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(
            (names.dotted(body.module, error_type) or "").startswith("tensorflow.errors.")
            for error_type in error_types
            if error_type
        ):
            yield Hit(node, "this catches only what tracing raises; the graph raises its errors later")


def recursion(body: Body) -> Iterator[Hit]:
    """AG509: recursion that a tensor ends, or through a tf.function."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        if body.function is None or body.target(node) is not body.function:
            continue
        level = max(body.decided(node), _after_tensor_test(body, node))
        decorated = body.function.node in body.index.compiled
        if level >= Tensor.LIKELY:
            yield Hit(node, "both branches are traced, so this recursion never ends", level)
        elif decorated:
            yield Hit(node, "each level of this recursion is traced again", Tensor.LIKELY)


def _after_tensor_test(body: Body, node: ast.AST) -> Tensor:
    """How certainly an earlier `if tensor: return` decides whether the node runs."""
    tests = (
        test for test in body.each(ast.If) if isinstance(test, ast.If) and test.lineno < getattr(node, "lineno", 0)
    )
    returning = (test for test in tests if test.body and isinstance(test.body[-1], ast.Return))
    return max((body.test(test) for test in returning), default=Tensor.NO)


def indices(body: Body) -> Iterator[Hit]:
    """AG510: an index that is in range only because of a test of the tensor's size."""
    for test in body.each(ast.If):
        assert isinstance(test, ast.If)
        measured = {
            part.args[0].id
            for part in ast.walk(test.test)
            if isinstance(part, ast.Call)
            and body.called(part) in _SIZES
            and part.args
            and isinstance(part.args[0], ast.Name)
        }
        for node in (part for statement in test.body for part in ast.walk(statement)):
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int() as index)):
                    if name in measured and index and body.test(test) is Tensor.YES:
                        yield Hit(node, f"index {index} is traced also where `{name}` is known to be shorter")


ROWS = (
    Rule(
        "AG505",
        "tensor-iterated",
        "error",
        None,
        "no comprehension, unpacking or list() of a tensor",
        "AutoGraph converts `for` loops, not comprehensions, unpacking or list(). Python cannot iterate a symbolic "
        "tensor.",
        "tf.map_fn, tf.unstack (for a known size), x[0], x[1]; x.shape for sizes that are known",
        Behaviour("[1.0, 4.0]", *["OperatorNotAllowedInGraphError: Iterating over a symbolic `tf.Tensor`"] * 2),
        everywhere("[1.0, 4.0]"),
        iterated,
        (ITERATING,),
    ),
    Rule(
        "AG507",
        "assert-on-tensor",
        "error",
        None,
        "no assert on a tensor",
        "AutoGraph does not convert assert unless asked to (Feature.ASSERT_STATEMENTS).",
        "tf.debugging.assert_*",
        Behaviour("[1.0, 2.0]", *NOT_ALLOWED),
        everywhere("[1.0, 2.0]"),
        asserted,
        (BOOL,),
    ),
    Rule(
        "AG508",
        "try-around-operations",
        "warning",
        None,
        "no try around operations",
        "The except clause is there while tracing. The operation fails when the graph runs.",
        "test the values first: tf.where, tf.cond; or catch around the call",
        Behaviour("[0.0]", "InvalidArgumentError: Tensor had NaN values", "[nan]"),
        everywhere("[0.0]"),
        caught,
    ),
    Rule(
        "AG509",
        "recursion",
        "error",
        None,
        "no recursion that a tensor ends",
        "Both branches are traced, so the recursive one is traced without end. With a Python number each level "
        "is a trace of its own.",
        "a loop: `for i in tf.range(n)`",
        Behaviour("120", *["StagingError: maximum recursion depth exceeded"] * 2),
        everywhere("120"),
        recursion,
        (r"StagingError.*maximum recursion depth exceeded", r"RecursionError: maximum recursion depth exceeded"),
    ),
    Rule(
        "AG510",
        "index-in-untaken-branch",
        "info",
        None,
        "no fixed index that only a branch keeps inside",
        "The branch is traced even if it is never taken, and where the shape is known then, the index is checked.",
        "test x.shape, which Python knows while tracing",
        Behaviour("1.0", *["ValueError: slice index 2 of dimension 0 out of bounds"] * 2),
        everywhere("1.0"),
        indices,
        (r"slice index -?\d+ of dimension \d+ out of bounds",),
        coverage="static, for a fixed index under a test of the same tensor's size; shapes are not followed",
    ),
)
