"""The smallest part of a graph that XLA computes differently, searched in this process."""

from collections.abc import Callable
from typing import Any

import pytest
import tensorflow as tf

from bench.autograph.probe.child.isolate import faulty_operation, input_values, rule_of
from bench.autograph.probe.records import FaultyOperation

NAN = float("nan")
weight = tf.Variable(7.5e10)


def narrow(a: Any) -> Any:
    product = tf.identity(a) * a
    return tf.reduce_sum(tf.where(product < 0, 1, 0)) + 1


def spread(x: Any) -> Any:
    centred = tf.nn.moments(x * weight, [1])[1]
    return tf.sqrt(centred + 1.0)


def best(x: Any) -> Any:
    return tf.math.top_k(x * 2.0, 2).values + 1.0


@tf.function(jit_compile=True)
def inner(a: Any) -> Any:
    return tf.where(a * a < 0, 1, 0) + tf.cast(weight < 0.0, tf.int32)


def calling(a: Any) -> Any:
    return tf.reduce_sum(inner(a) * 2) + 1


def looping(a: Any) -> Any:
    total = tf.constant(0)
    for _ in tf.range(2):
        total += tf.reduce_sum(tf.where(a * a < 0, 1, 0))
    return total + 1


def sound(x: Any) -> Any:
    return tf.reduce_sum(tf.nn.softmax(x) * tf.range(4.0))


def searched(function: Callable[[Any], Any], value: Any) -> FaultyOperation | None:
    concrete = tf.function(function).get_concrete_function(value)
    return faulty_operation(
        tf.function, concrete.graph, input_values(concrete, (value,), {}), 1e-3, lambda file: file != __file__
    )


@pytest.mark.parametrize(
    ("function", "value", "operations"),
    [
        (narrow, tf.constant([12, 7, 20], tf.int8), ("Less", "Mul")),
        (spread, tf.ones([1, 3]), ("SquaredDifference", "Mean")),
        (best, tf.constant([NAN, 2.0, NAN, 7.0]), ("TopKV2",)),
        (calling, tf.constant([12, 7, 20], tf.int8), ("Less", "Mul")),
        (looping, tf.constant([12, 7, 20], tf.int8), ("StatelessWhile",)),
    ],
)
def test_the_operations_that_show_a_fault_of_xla_are_the_fewest(
    function: Callable[[Any], Any], value: Any, operations: tuple[str, ...]
) -> None:
    found = searched(function, value)
    assert found is not None
    assert (found.operations, found.code, found.file) == (operations, "", __file__)
    assert found.expected != found.actual


def test_where_xla_computes_the_same_nothing_is_found() -> None:
    assert searched(sound, tf.constant([1.0, 2.0, 3.0, 4.0])) is None


def drawn(x: Any) -> Any:
    return x + tf.random.uniform([])


def grown(n: Any) -> Any:
    values = tf.TensorArray(tf.int32, 0, dynamic_size=True)
    for i in tf.range(n):
        values = values.write(i, i)
    return values.stack()


def filled(n: Any) -> Any:
    values = tf.TensorArray(tf.int32, 3)
    for i in tf.range(3):
        values = values.write(i, i)
    return values.stack() + n


@pytest.mark.parametrize(("function", "code"), [(drawn, "AG806"), (grown, "AG803"), (filled, ""), (sound, "")])
def test_random_numbers_and_growing_arrays_are_known_by_their_operations(
    function: Callable[[Any], Any], code: str
) -> None:
    value = tf.constant(3) if function in (grown, filled) else tf.constant([1.0, 2.0, 3.0, 4.0])
    assert rule_of(tf.function(function).get_concrete_function(value).graph) == code
