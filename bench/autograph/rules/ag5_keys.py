"""Rule AG511: a tensor as the key of a dict or set, or as the index of a list."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.rules.rule import Rule, everywhere
from bench.autograph.traced.body import Body, Hit

_OF_DICT = frozenset("get pop setdefault".split())
_OF_SET = frozenset("add discard remove".split())
_INDEXED = ("list", "tuple")


def keys(body: Body) -> Iterator[Hit]:
    """AG511: a tensor is a key or an index of a Python container."""
    for node in body.nodes:
        for key, container in _looked_up(body, node):
            level = _level(body, key)
            if level >= Tensor.LIKELY:
                yield Hit(node, f"the tensor `{ast.unparse(key)}` cannot be {container}", level)
                break


def _looked_up(body: Body, node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Each key or index of a container, with what it is there."""
    match node:
        case ast.Subscript(value=container, slice=key) if not isinstance(key, ast.Slice | ast.Tuple):
            kind = body.value(container).kind
            if kind == "dict":
                yield key, f"a key of `{ast.unparse(container)}`"
            elif kind in _INDEXED:
                yield key, f"an index of `{ast.unparse(container)}`"
        case ast.Call(func=ast.Attribute(value=container, attr=method), args=[key, *_]):
            kind = body.value(container).kind
            if (kind == "dict" and method in _OF_DICT) or (kind == "set" and method in _OF_SET):
                yield key, f"a key of `{ast.unparse(container)}`"
        case ast.Compare(left=key, ops=[ast.In() | ast.NotIn()], comparators=[container]):
            if body.value(container).kind in ("dict", "set"):
                yield key, f"looked for in `{ast.unparse(container)}`"
        case ast.Dict(keys=written):
            yield from ((key, "a key of a dict") for key in written if key is not None)
        case ast.DictComp(key=key):
            yield key, "a key of a dict"


def _level(body: Body, key: ast.expr) -> Tensor:
    """How surely it is a tensor: what a dataset's function is given always is."""
    level = body.tensor(key)
    by_dataset = body.compiled is not None and body.compiled.kind == "dataset" and not body.via
    certain = by_dataset and level is Tensor.LIKELY and body.value(key).origin == "parameter"
    return Tensor.YES if certain else level


ROWS = (
    Rule(
        "AG511",
        "tensor-as-key",
        "error",
        None,
        "no tensor as the key of a dict or set, or as the index of a list",
        "Python compares keys by their value, and a tensor has none to compare while tracing; TensorFlow refuses it "
        "eagerly too. A list takes a tensor as its index eagerly only.",
        "tf.gather(tf.constant(values), index); tf.lookup.StaticHashTable for other keys",
        everywhere("TypeError: Tensor is unhashable"),
        everywhere("20"),
        keys,
        (
            r"(Tensor|Variable) is unhashable",
            r"(list|tuple|range) indices must be integers or slices, not SymbolicTensor",
            r"string indices must be integers, not '?SymbolicTensor",
        ),
    ),
)
