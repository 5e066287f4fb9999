"""Rules AG201 to AG204, the tutorial's second rule: create no variables inside."""

import ast
from collections.abc import Iterator

from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.guards import guarded
from bench.autograph.traced.mutations import mutations

_MAKERS = ("keras.layers", "keras.optimizers", "keras.metrics", "keras.models", "tensorflow.optimizers",
           "tensorflow.metrics")  # fmt: skip
# Layers without variables, not even those of a random generator: by name, and by the beginning of the name.
_PURE = frozenset(
    "Activation ActivityRegularization Add AutoContrast Average CategoryEncoding CenterCrop Concatenate "
    "ContrastLimitedAdaptiveHistogramEqualization Discretization Dot ELU Equalization Flatten HashedCrossing Hashing "
    "Identity Input Lambda LeakyReLU Masking MaxNumBoundingBoxes Maximum Minimum Multiply Permute ReLU RepeatVector "
    "Rescaling Reshape Resizing Softmax Subtract UnitNormalization".split()
)
_PURE_FAMILIES = (
    "AdaptiveAveragePooling", "AdaptiveMaxPooling", "AveragePooling", "AvgPool", "Cropping", "Global", "MaxPool",
    "UpSampling", "ZeroPadding",
)  # fmt: skip
_GENERATOR = "tensorflow.random.Generator."


def unguarded(body: Body) -> Iterator[Hit]:
    """AG201: tf.Variable in the compiled function itself."""
    for node in body.each(ast.Call):
        if not body.via and body.called(node) == "tensorflow.Variable" and not guarded(body, node):
            yield Hit(node, "a tf.Variable is created in every trace, but a tf.function may create it only once")


def hidden(body: Body) -> Iterator[Hit]:
    """AG202: a constructor or factory that is called here creates variables."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        dotted = body.called(node)
        if body.via and body.function and body.function.name.endswith("__init__"):
            return  # reported where the constructor is called
        family, _, leaf = dotted.rpartition(".")
        without_variables = family == "keras.layers" and (leaf in _PURE or leaf.startswith(_PURE_FAMILIES))
        creates = family in _MAKERS and leaf[:1].isupper() and not without_variables
        if (creates or dotted.startswith(_GENERATOR)) and not guarded(body, node):
            yield Hit(node, f"{ast.unparse(node.func)} creates variables in every trace")
        elif not body.via and (creator := _creates(body, node)) and not guarded(body, node):
            yield Hit(node, f"{creator} creates variables in every trace")


def _creates(body: Body, call: ast.Call, depth: int = 0) -> str:
    """The function behind a call that creates a variable without a guard; empty where there is none."""
    function = body.target(call)
    callee = body.index.functions.get(function) if function else None
    if function is None or callee is None or callee.compiled is None or depth > 4:
        return ""
    for node in callee.each(ast.Call):
        assert isinstance(node, ast.Call)
        creates = callee.called(node) == "tensorflow.Variable" or _creates(callee, node, depth + 1)
        if creates and not guarded(callee, node):
            return function.name
    return ""


def rebound(body: Body) -> Iterator[Hit]:
    """AG203: an attribute that holds a Variable is rebound."""
    for mutation in mutations(body):
        if not mutation.attribute or not isinstance(mutation.node, ast.Attribute):
            continue
        if body.value(mutation.node).kind == "variable" and mutation.value.outer and not guarded(body, mutation.node):
            yield Hit(mutation.node, f"`{mutation.name}` was a tf.Variable; this puts a symbolic tensor in its place")


def temporary(body: Body) -> Iterator[Hit]:
    """AG204: a compiled method of an object that nothing holds a reference to."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            definition = body.project.definition(body.module, node.func.value.func)
            if definition and isinstance(definition.node, ast.ClassDef) and body.runs(node):
                yield Hit(node, f"nothing keeps this {definition.node.name}, and its tf.function holds it only weakly")


ROWS = (
    Rule(
        "AG201",
        "variable-created",
        "error",
        2,
        "no tf.Variable without a guard",
        "Each call would need a new variable, but a graph is made once. TensorFlow allows creation on the first call "
        "only, and then traces that call twice, so side effects happen twice.",
        "create it outside, or under `if self.v is None:`",
        Behaviour("[2.0, 3.0]", *["ValueError: tf.function only supports singleton tf.Variables"] * 2),
        everywhere("[2.0, 3.0]"),
        unguarded,
        (
            r"tf\.function only supports singleton tf\.Variables",
            r"tf\.function-decorated function tried to create variables on non-first call",
        ),
    ),
    Rule(
        "AG202",
        "variable-created-by-constructor",
        "error",
        2,
        "no layer, module, optimizer, metric or Generator made inside",
        "Layers, optimizers, metrics and generators create variables, at once or when they are first used.",
        "build them once outside, an optimizer with all its variables; one tf.function per optimizer",
        Behaviour("[[3.0]]", *["ValueError: tf.function only supports singleton tf.Variables"] * 2),
        everywhere("[[3.0]]"),
        hidden,
        (
            r"tf\.function only supports singleton tf\.Variables",
            r"optimizer cannot recognize variable",
            r"optimizer can only be called for the variables it was originally built with",
        ),
    ),
    Rule(
        "AG203",
        "variable-rebound",
        "error",
        2,
        "no `self.v += 1` on a Variable",
        "It does not change the variable; it makes a tensor and puts it into the attribute, where it is stale after "
        "the trace.",
        "self.v.assign_add(1), self.v.assign(value)",
        Behaviour("[[2.0, 3.0, 4.0], EagerTensor]", *["[[2.0, 2.0, 2.0], SymbolicTensor]"] * 2),
        everywhere("[[2.0, 3.0, 4.0], ResourceVariable]"),
        rebound,
        (r"not supported.*assign_add",),
    ),
    Rule(
        "AG204",
        "method-of-temporary",
        "error",
        2,
        "no tf.function method called on a temporary object",
        "A tf.function method holds its object weakly. If nothing else holds it, it is gone before the trace.",
        "keep the object in a name, then call the method",
        everywhere("AttributeError: 'NoneType' object has no attribute 'factor'"),
        everywhere("2.0"),
        temporary,
        (r"'NoneType' object has no attribute", r"weakly-referenced object no longer exists"),
        of_callers=True,
    ),
)
