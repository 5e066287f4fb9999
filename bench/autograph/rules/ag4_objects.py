"""Rule AG405: calls that should cause a retrace and do not, because the object they are given is the same."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.ag4_retracing import compiled_calls, given
from bench.autograph.rules.rule import Behaviour, Rule
from bench.autograph.traced.body import Body, Hit


def changing_object(body: Body) -> Iterator[Hit]:
    """AG405: an attribute of an object is set between calls that take the object as an argument."""
    for node, _ in compiled_calls(body):
        for argument in given(node):
            if not isinstance(argument, ast.Name) or body.value(argument).kind not in ("object", "unknown"):
                continue
            for store in body.each(ast.Attribute):
                assert isinstance(store, ast.Attribute)
                same = isinstance(store.value, ast.Name) and store.value.id == argument.id
                if same and isinstance(store.ctx, ast.Store) and _between(body, node, store):
                    text = f"`{ast.unparse(store)}` changes, unnoticed by the function that takes `{argument.id}`"
                    yield Hit(store, text, Tensor.YES if body.value(argument).kind == "object" else Tensor.LIKELY)


def _between(body: Body, call: ast.Call, store: ast.Attribute) -> bool:
    return call.lineno < store.lineno or bool(set(body.loops(call)) & set(body.loops(store)))


ROWS = (
    Rule(
        "AG405",
        "changing-object-argument",
        "warning",
        None,
        "no change in an object that is an argument",
        "An object is compared by identity, which has not changed, so the trace with the old value is used.",
        "pass the number itself, as a tensor",
        Behaviour("[1.0, 5.0]", "[1.0, 1.0]", "[1.0, 1.0]"),
        Behaviour(*["[1.0, 5.0]"] * 3),
        changing_object,
        of_callers=True,
    ),
)
