"""Rules AG801 to AG807, for code under jit_compile=True: what XLA cannot compile or computes differently."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.ag5_branches import grows
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.traced.body import Body, Hit

_UNCOMPILABLE = frozenset(
    "tensorflow.print tensorflow.py_function tensorflow.numpy_function tensorflow.as_string "
    "tensorflow.strings.format tensorflow.strings.join tensorflow.strings.as_string".split()
)
_UNCOMPILABLE_FAMILIES = ("tensorflow.strings.", "tensorflow.io.", "tensorflow.summary.")
_NOT_LESS = "InvalidArgumentError: Condition x < y did not hold"
_INFINITE = frozenset("sqrt log rsqrt reciprocal log1p pow acos asin".split())


def uncompilable(body: Body) -> Iterator[Hit]:
    """AG801: printing, strings, files and calls into Python."""
    for node in body.each(ast.Call) if body.jit else ():
        dotted = body.called(node)
        if dotted in _UNCOMPILABLE or dotted.startswith(_UNCOMPILABLE_FAMILIES):
            yield Hit(node, f"XLA cannot compile {dotted.replace('tensorflow', 'tf', 1)}")
    for loop in body.each(ast.For) if body.jit else ():
        if isinstance(loop, ast.For) and body.value(loop.iter).kind == "dataset":
            yield Hit(loop.iter, "XLA cannot compile a dataset")


def changing_shapes(body: Body) -> Iterator[Hit]:
    """AG802: a value in a loop grows."""
    for node in body.each(ast.Assign) if body.jit else ():
        assert isinstance(node, ast.Assign)
        if body.tensor_loop(node) is not None and grows(body, node):
            yield Hit(
                node, f"`{ast.unparse(node.targets[0])}` changes its shape in a loop, but XLA's loops have fixed shapes"
            )


def growing_array(body: Body) -> Iterator[Hit]:
    """AG803: TensorArray(dynamic_size=True)."""
    for node in body.each(ast.Call) if body.jit else ():
        assert isinstance(node, ast.Call)
        if body.called(node) == "tensorflow.TensorArray":
            for keyword in node.keywords:
                if keyword.arg == "dynamic_size" and isinstance(keyword.value, ast.Constant) and keyword.value.value:
                    yield Hit(node, "XLA's arrays do not grow: writes past the end are lost")


def checks(body: Body) -> Iterator[Hit]:
    """AG804: assert_* and check_numerics."""
    for node in body.each(ast.Call) if body.jit else ():
        dotted = body.called(node)
        if dotted.startswith("tensorflow.debugging.") or dotted == "tensorflow.Assert":
            yield Hit(node, f"XLA drops {dotted.replace('tensorflow', 'tf', 1)}")


def open_shapes(body: Body) -> Iterator[Hit]:
    """AG805: None in the signature."""
    compiled = body.compiled
    if compiled is None or not compiled.jit or body.via or compiled.signature is None:
        return
    signature = compiled.signature
    if isinstance(signature, ast.Name) and signature in compiled.module.enclosing:
        bound = names.lookup(signature.id, compiled.module.enclosing[signature])
        binding = names.only(bound.bindings) if bound else None
        signature = binding.value if binding and binding.value else signature
    for part in ast.walk(signature):
        if isinstance(part, ast.Constant) and part.value is None and compiled.module is body.module:
            yield Hit(compiled.signature, "one trace serves every size, but XLA compiles again for each size")
            return


def other_numbers(body: Body) -> Iterator[Hit]:
    """AG806: random numbers."""
    for node in body.each(ast.Call) if body.jit else ():
        family, _, leaf = body.called(node).rpartition(".")
        if family == "tensorflow.random" and leaf[:1].islower() and leaf not in ("set_seed", "split", "fold_in"):
            yield Hit(node, f"XLA draws different numbers from the same seed than {leaf} does elsewhere")


def gradients(body: Body) -> Iterator[Hit]:
    """AG807: tf.where around an operation with an infinite gradient in the branch that is not taken."""
    tape = any(body.called(node) == "tensorflow.GradientTape" for node in body.each(ast.Call))
    for node in body.each(ast.Call) if body.jit else ():
        assert isinstance(node, ast.Call)
        if body.called(node) != "tensorflow.where" or len(node.args) < 3:
            continue
        tested = {part.id for part in ast.walk(node.args[0]) if isinstance(part, ast.Name)}
        for branch in node.args[1:]:
            if any(_infinite(body, part, tested) for part in ast.walk(branch)):
                text = "the gradient of the branch not taken is infinite, which XLA turns into nan"
                yield Hit(branch, text, Tensor.YES if tape else Tensor.LIKELY)


def _infinite(body: Body, node: ast.AST, tested: set[str]) -> bool:
    """Is it sqrt, log or a division of what the condition tests?"""
    match node:
        case ast.Call(args=[ast.Name(id=name), *_]):
            return name in tested and body.called(node).rpartition(".")[2] in _INFINITE
        case ast.BinOp(op=ast.Div(), right=ast.Name(id=name)):
            return name in tested
    return False


ROWS = (
    Rule(
        "AG801",
        "not-for-xla",
        "error",
        None,
        "XLA: no tf.print, strings, files, datasets or Python",
        "XLA compiles numeric operations. So the tutorial's own first rule, which leads to tf.print, breaks under XLA.",
        "move it outside the function that is compiled",
        Behaviour("2.0", "2.0", "InvalidArgumentError: Detected unsupported operations"),
        everywhere("2.0"),
        uncompilable,
        (
            r"Detected unsupported operations when trying to compile graph",
            r"No registered '\w+' OpKernel for XLA_\w+ devices",
            r"not supported by XLA|XLA does not support|not compilable|cannot be compiled by XLA",
        ),
    ),
    Rule(
        "AG802",
        "shape-changes-under-xla",
        "error",
        None,
        "XLA: fixed shapes in loops",
        "XLA lays out memory before it runs, so what a loop carries keeps its shape. (Shapes outside loops may come "
        "from an argument: they are compiled again for each value.)",
        "allocate the final size first, and mask the rest",
        Behaviour("4.0", "4.0", "InvalidArgumentError: Input and output shapes of loop body do not match"),
        everywhere("4.0"),
        changing_shapes,
        (
            r"Input and output shapes of loop body do not match",
            r"must be a compile-time constant",
            r"does not support bounded dynamic dimension",
            r"(bounded|unbounded) dynamic (dimension|shape|size)",
            r"[Dd]ynamic shapes? (is|are) not supported",
        ),
        coverage="static, for concat in a loop; other shapes are not followed",
    ),
    Rule(
        "AG803",
        "growing-array-under-xla",
        "error",
        None,
        "XLA: no growing TensorArray",
        "An array's size is fixed, and writes past the end are silently dropped.",
        "TensorArray(dtype, size=n)",
        Behaviour("[0, 2, 4]", "[0, 2, 4]", "[]"),
        everywhere("[0, 2, 4]"),
        growing_array,
    ),
    Rule(
        "AG804",
        "check-dropped-by-xla",
        "info",
        None,
        "XLA: checks are dropped",
        "assert_* and check_numerics do nothing, gather out of range gives the last element, and 1 // 0 is -1.",
        "test outside the compiled function",
        Behaviour(_NOT_LESS, _NOT_LESS, "[8.0]"),
        everywhere("[1.0]"),
        checks,
        coverage="static, for tf.debugging.*; an index out of range depends on values",
    ),
    Rule(
        "AG805",
        "many-compilations",
        "info",
        None,
        "XLA: one trace, many compilations",
        "A signature with None serves every size with one trace, but XLA compiles for each. The results are the same; "
        "only the first call of each size takes longer. So it is with the ends of a tf.range that are arguments: for "
        "`for i in tf.range(first, end)` XLA compiles once for each pair of values.",
        "fixed sizes: pad, or drop the remainder; `while i < end` instead of a tf.range whose ends change",
        everywhere("[2.0, 3.0, 4.0]"),
        everywhere("[2.0, 3.0, 4.0]"),
        open_shapes,
        coverage="static, for None in an input_signature",
    ),
    Rule(
        "AG806",
        "random-differs-under-xla",
        "info",
        None,
        "XLA: different random numbers",
        "XLA has its own generators, and set_seed does not reach them. Of stateless_uniform only whole numbers are "
        "the same.",
        "draw outside, or compare modes without random numbers",
        Behaviour("True", "True", "False"),
        everywhere("True"),
        other_numbers,
    ),
    Rule(
        "AG807",
        "nan-gradient-under-xla",
        "warning",
        None,
        "XLA: no infinite gradient in a branch of tf.where",
        "The gradient of the branch that is not taken is infinite there, and XLA multiplies it by zero: nan.",
        "use tf.where twice: first make the argument safe where the branch is not taken",
        Behaviour("[0.0, 0.25]", "[0.0, 0.25]", "[nan, 0.25]"),
        everywhere("[0.0, 0.25]"),
        gradients,
    ),
)
