"""Values, joined and combined."""

import pytest

from bench.autograph.inference.values import LIKELY, PYTHON, TENSOR, UNKNOWN, Tensor, Value, combine, join

CAPTURED = Value("list", "captured", name="losses")
ARRAY = Value("ndarray", "fresh")


@pytest.mark.parametrize(
    ("first", "second", "kind", "tensor"),
    [
        (TENSOR, TENSOR, "tensor", Tensor.YES),
        (TENSOR, PYTHON, "tensor", Tensor.LIKELY),
        (TENSOR, LIKELY, "tensor", Tensor.LIKELY),
        (TENSOR, UNKNOWN, "unknown", Tensor.UNKNOWN),
        (PYTHON, ARRAY, "unknown", Tensor.UNKNOWN),
    ],
)
def test_either_of_two_values_is_as_certain_as_both_allow(
    first: Value, second: Value, kind: str, tensor: Tensor
) -> None:
    for joined in (join(first, second), join(second, first)):
        assert (joined.kind, joined.tensor) == (kind, tensor)


def test_either_of_two_values_may_be_the_captured_object() -> None:
    joined = join(Value("list", "fresh"), CAPTURED)
    assert (joined.origin, joined.name, joined.outer) == ("captured", "losses", True)


@pytest.mark.parametrize(
    ("operands", "result"),
    [
        ((PYTHON, TENSOR), TENSOR),
        ((PYTHON, LIKELY), LIKELY),
        ((UNKNOWN, LIKELY), LIKELY),
        ((PYTHON, UNKNOWN), UNKNOWN),
        ((PYTHON, ARRAY), ARRAY),
        ((), PYTHON),
    ],
)
def test_an_operator_gives_a_tensor_as_soon_as_one_operand_is_one(operands: tuple[Value, ...], result: Value) -> None:
    assert combine(*operands) == result
