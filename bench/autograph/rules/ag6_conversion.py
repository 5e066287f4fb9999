"""Rules AG601 to AG604: code that AutoGraph does not or cannot convert."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.ag5_branches import BOOL, NOT_ALLOWED, behind_keras, decided_by_tensors
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.traced.body import Body, Hit

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def stopping_syntax(body: Body) -> Iterator[Hit]:
    """AG601: syntax that makes AutoGraph leave the whole function unconverted."""
    if not body.converted or body.compiled is None:
        return
    level = max((hit.sure for hit in decided_by_tensors(body, "")), default=Tensor.UNKNOWN)
    for node in body.nodes:
        construct = _stopping(body, node)
        if construct:
            shown = getattr(node, "subject", node)
            yield Hit(shown, f"{construct} makes AutoGraph leave the whole function unconverted", level)
            return


def _stopping(body: Body, node: ast.AST) -> str:
    match node:
        case ast.Match():
            return "`match`"
        case ast.NamedExpr():
            return "`:=`"
        case ast.For(orelse=[_, *_]) | ast.While(orelse=[_, *_]):
            return "`else` of a loop"
        case ast.AsyncFor() | ast.AsyncWith() | ast.Await():
            return "async code"
        case ast.Attribute(attr=name) if name.startswith("__") and not name.endswith("__"):
            return f"the private name `{name}`" if body.function and body.function.owner else ""
    return ""


def behind_keras_boundary(body: Body) -> Iterator[Hit]:
    """AG602: a tensor decides a branch or loop in a method that Keras calls."""
    if not body.converted and behind_keras(body):
        yield from decided_by_tensors(body, "Keras calls this unconverted, so Python would decide by a tensor")


def unreadable(body: Body) -> Iterator[Hit]:
    """AG603: two lambdas with the same arguments on one line."""
    function = body.function
    if function is None or not isinstance(function.node, ast.Lambda) or body.compiled is None or not body.converted:
        return
    arguments = ast.unparse(function.node.args)
    for other in body.module.functions:
        twin = isinstance(other, ast.Lambda) and other is not function.node and other.lineno == function.node.lineno
        if twin and isinstance(other, ast.Lambda) and ast.unparse(other.args) == arguments:
            level = max((hit.sure for hit in decided_by_tensors(body, "")), default=Tensor.UNKNOWN)
            yield Hit(
                function.node, "another lambda on this line has the same arguments, so neither is converted", level
            )
            return


def generators(body: Body) -> Iterator[Hit]:
    """AG604: yield, and generators and comprehensions over a dataset."""
    for node in body.each(ast.Yield, ast.YieldFrom, *_COMPREHENSIONS):
        if isinstance(node, ast.Yield | ast.YieldFrom):
            over = any(
                isinstance(loop, ast.For) and body.value(loop.iter).kind == "dataset" for loop in body.loops(node)
            )
            if over or not body.via:
                yield Hit(node, "a generator runs in Python: over a dataset, tracing never ends" if over else
                          "a compiled function cannot be a generator")  # fmt: skip
        elif any(body.value(part.iter).kind == "dataset" for part in getattr(node, "generators", ())):
            yield Hit(node, "a comprehension runs in Python: over a dataset, tracing never ends")


ROWS = (
    Rule(
        "AG601",
        "syntax-stops-conversion",
        "error",
        None,
        "no match, `:=`, for/else, while/else, async or `self.__x`",
        "AutoGraph cannot convert them, and leaves the whole function to Python, with a warning. A tensor's `if` in it "
        "then fails.",
        "rewrite it: if/elif, an assignment before, a flag instead of else, `self._x`",
        Behaviour("-7.0", *NOT_ALLOWED),
        everywhere("-7.0"),
        stopping_syntax,
        (r"AutoGraph could not transform", BOOL, r"ConversionError", r"UnsupportedLanguageElementError"),
    ),
    Rule(
        "AG602",
        "tensor-decides-behind-keras",
        "error",
        None,
        "no `if` or loop on a tensor in a Keras layer's or model's methods",
        "Keras 3 calls Layer.call, Model.call and train_step in a way that AutoGraph does not convert.",
        "@tf.function on the method, or keras.ops.cond, keras.ops.while_loop",
        Behaviour("[-1.0, -2.0]", *NOT_ALLOWED),
        everywhere("[-1.0, -2.0]"),
        behind_keras_boundary,
        (rf"Exception encountered when calling .*{BOOL}", BOOL),
    ),
    Rule(
        "AG603",
        "source-not-readable",
        "error",
        None,
        "source that AutoGraph can find and read",
        "AutoGraph reads a lambda by its line and arguments; where two fit it converts neither, with a warning. What "
        "exec() or a prompt defined has no source, and no warning.",
        "def, in a file",
        Behaviour("[2.0, 0.0]", *NOT_ALLOWED),
        everywhere("[2.0, 0.0]"),
        unreadable,
        (r"could not parse the source code of .*lambda", r"Unable to identify source code of lambda", BOOL),
        coverage="static, for lambdas; what exec() or a prompt defines is in no file",
    ),
    Rule(
        "AG604",
        "generator",
        "error",
        None,
        "no generator in compiled code",
        "AutoGraph does not convert generators. Over a dataset the Python loop never ends while tracing.",
        "iterate the dataset itself, with a `for` loop",
        Behaviour("10", *["RuntimeError: still tracing after 100 iterations of 5"] * 2),
        Behaviour("10", "10", "InvalidArgumentError: unsupported operations"),
        generators,
        (r"found return value of type generator", r"found return value of type coroutine"),
    ),
)
