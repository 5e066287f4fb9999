"""The function that is explained, and its arguments, found by name."""

import pytest
from places import SUPPORT

from bench.autograph.explain.child.target import find_target
from bench.autograph.explain.explain import request
from bench.errors import BenchError

FILE = SUPPORT / "explained.py"


@pytest.mark.parametrize(
    ("function", "arguments", "driver", "said"),
    [
        ("collatz", "", "", "collatz(n) cannot be called so: missing a required argument: 'n'"),
        ("collatz", "tf.constatn(1)", "", "--args 'tf.constatn(1)': AttributeError"),
        ("collatz", "", "idle", "idle() did not call collatz"),
        ("collatz", "", "nobody", "has no function nobody"),
        ("Scale.apply", "", "", "it is a method: type --driver with a function of that file that makes the object"),
    ],
)
def test_what_cannot_be_found_is_one_line(function: str, arguments: str, driver: str, said: str) -> None:
    with pytest.raises(BenchError) as raised:
        find_target(request(f"{FILE}::{function}", arguments, driver))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
