"""Rules AG301 to AG304 and AG307, the tutorial's third rule: do not change Python objects from outside."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.ag3_arrays import IN_A_LOOP, NOT_IN_A_LOOP
from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.source.modules import Binding
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.guards import guarded, restored
from bench.autograph.traced.mutations import Mutation, mutations


def outer_object(body: Body) -> Iterator[Hit]:
    """AG301: an outer list, dict, set or array is changed."""
    for change in mutations(body):
        if change.attribute or change.value.origin != "captured" or _harmless(body, change):
            continue
        kind = change.value.kind if change.value.kind not in ("unknown", "object") else "object"
        sure = Tensor.YES if change.value.kind not in ("unknown", "object") else Tensor.LIKELY
        yield Hit(change.node, f"outer {kind} `{change.name}` changes once per trace, not once per call", sure)


def declared(body: Body) -> Iterator[Hit]:
    """AG302: a global or nonlocal name is rebound."""
    outer_names = {name for node in body.each(ast.Global, ast.Nonlocal) for name in getattr(node, "names", ())}
    for node in body.each(ast.Name):
        stored = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        if not stored or not isinstance(node, ast.Name) or node.id not in outer_names:
            continue
        if not guarded(body, node) and not _around(body, node.id) and not restored(body, node):
            yield Hit(node, f"outer name `{node.id}` is rebound once per trace, not once per call")


def attribute(body: Body) -> Iterator[Hit]:
    """AG303: an attribute is used as Python state."""
    for change in mutations(body):
        if not change.attribute or not change.value.outer or _harmless(body, change) or restored(body, change.node):
            continue
        if isinstance(change.node, ast.Attribute) and body.value(change.node).kind == "variable":
            continue  # AG203
        if change.value.origin == "parameter" and change.value.tensor is Tensor.YES:
            continue
        yield Hit(change.node, f"`{change.name}` is set once per trace, not once per call")


def _harmless(body: Body, change: Mutation) -> bool:
    """Does it happen only once, or to an object that the traced function around this one creates in each trace?"""
    outer_body, bindings = _around(body, change.value.name) or (None, [])
    created_per_trace = outer_body and all(outer_body.value(binding.node).origin == "fresh" for binding in bindings)
    return bool(created_per_trace) or guarded(body, change.node)


def _around(body: Body, name: str) -> tuple[Body, list[Binding]] | None:
    """The traced function around this one that a name is local to, and the name's bindings there.

    None where this function has a graph of its own: the function around it cannot use tensors of that graph.
    """
    bound = names.lookup(name, body.module.scopes[body.node]) if body.via and not body.apart else None
    outer_body = body.traced(bound.scope) if bound and bound.scope.node is not body.node else None
    return (outer_body, bound.bindings) if outer_body and bound else None


def argument(body: Body) -> Iterator[Hit]:
    """AG304: an argument, or a mutable default, is changed."""
    if body.compiled and body.compiled.kind == "dataset" and not body.via:
        return  # tf.data makes its elements again, for this function alone
    for change in mutations(body):
        if change.value.origin == "parameter" and not change.attribute:
            sure = Tensor.YES if change.value.kind != "unknown" else Tensor.LIKELY
            yield Hit(change.node, f"argument `{change.name}` is changed in place", sure)


def in_a_loop(body: Body) -> Iterator[Hit]:
    """AG307: a function called in a loop of the graph changes Python state."""
    for node in body.each(ast.Call):
        assert isinstance(node, ast.Call)
        if body.tensor_loop(node) is None:
            continue
        function = body.target(node)
        callee = body.index.functions.get(function) if function else None
        for change in mutations(callee) if callee and callee.compiled else ():
            if _stays(change) and function:
                yield Hit(node, f"{function.name} changes `{change.name}`, and this loop runs in the graph")
                break


def _stays(change: Mutation) -> bool:
    return change.value.outer and change.value.kind != "unknown"


ROWS = (
    Rule(
        "AG301",
        "outer-object-changed",
        "error",
        3,
        "no change of an outer list, dict, set or array",
        "Python runs once per trace, so the object changes once per trace, and is left with a symbolic tensor that "
        "nothing outside can use.",
        "return the value and append in the caller; keep totals in a tf.Variable, sequences in a tf.TensorArray",
        Behaviour("3", "1", "1"),
        everywhere("3"),
        outer_object,
        (
            rf"{NOT_IN_A_LOOP}is out of scope and cannot be used here",
            rf"{NOT_IN_A_LOOP}cannot be accessed from here, because it was defined in",
        ),
    ),
    Rule(
        "AG302",
        "outer-name-rebound",
        "error",
        3,
        "no rebinding of a global or nonlocal name",
        "The name is rebound once per trace, to a symbolic tensor if a tensor is assigned.",
        "return the value; keep it in a tf.Variable",
        Behaviour("[1.0, 2.0, 3.0]", *["[1.0, 1.0, 1.0]"] * 2),
        everywhere("[1.0, 2.0, 3.0]"),
        declared,
    ),
    Rule(
        "AG303",
        "attribute-as-state",
        "warning",
        3,
        "no attribute as Python state",
        "The attribute is set once per trace, so a counter in it does not count in a graph.",
        "make the attribute a tf.Variable and assign() to it",
        Behaviour("[1, 2, 3]", *["[1, 1, 1]"] * 2),
        everywhere("[1, 2, 3]"),
        attribute,
    ),
    Rule(
        "AG304",
        "argument-changed",
        "error",
        3,
        "no change of an argument or of a mutable default",
        "TensorFlow compares the arguments before and after tracing, and refuses a function that changed them.",
        "copy it, change the copy and return that",
        Behaviour("3.0", *["ValueError: should not modify its Python input arguments"] * 2),
        everywhere("3.0"),
        argument,
        (r"should not modify its Python input arguments",),
    ),
    Rule(
        "AG307",
        "state-changed-in-loop",
        "error",
        3,
        "no call that changes Python state in a graph loop",
        "The loop's body is traced once, in a graph of its own, and what it leaves in a Python object belongs to that "
        "graph.",
        "return the value from the callee; carry it through the loop",
        Behaviour("3", *["InaccessibleTensorError: which is out of scope"] * 2),
        everywhere("3"),
        in_a_loop,
        (rf"InaccessibleTensorError.*{IN_A_LOOP}",),
    ),
)
