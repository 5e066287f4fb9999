"""What calls into TensorFlow, NumPy and Python return."""

import pytest

from bench.autograph.inference.operations import method_result, result
from bench.autograph.inference.values import LIKELY, TENSOR, Value


@pytest.mark.parametrize(
    ("dotted", "kind"),
    [
        ("tensorflow.reduce_sum", "tensor"),
        ("tensorflow.nn.relu", "tensor"),
        ("tensorflow.unstack", "list"),
        ("tensorflow.Variable", "variable"),
        ("tensorflow.data.Dataset.range", "dataset"),
        ("tensorflow.is_tensor", "python"),
        ("tensorflow.some_new_function", "unknown"),
        ("numpy.mean", "ndarray"),
        ("numpy.prod", "python"),
        ("numpy.random.default_rng", "unknown"),
        ("collections.deque", "list"),
        ("math.sqrt", "python"),
        ("elsewhere.helper", "unknown"),
    ],
)
def test_a_function_from_outside_returns_a_value_of_a_known_kind(dotted: str, kind: str) -> None:
    assert result(dotted).kind == kind


@pytest.mark.parametrize(
    ("owner", "method", "kind"),
    [
        (TENSOR, "numpy", "python"),
        (TENSOR, "anything", "tensor"),
        (LIKELY, "anything", "unknown"),
        (LIKELY, "assign_add", "tensor"),
        (Value("tensorarray"), "write", "tensorarray"),
        (Value("tensorarray"), "stack", "tensor"),
        (Value("dataset"), "batch", "dataset"),
        (Value("dataset"), "reduce", "unknown"),
        (Value("list", item=TENSOR), "pop", "tensor"),
        (Value("dict"), "copy", "dict"),
    ],
)
def test_a_method_returns_what_its_object_s_kind_says(owner: Value, method: str, kind: str) -> None:
    assert method_result(owner, method).kind == kind
