"""Floating-point operations of what is executed, on graphs whose count is known."""

from functools import partial
from typing import Any

import pytest
import tensorflow as tf

from bench import modes
from bench.modes.counting import flops_of_function, flops_of_trace
from cifar_core import pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import resident_task
from cifar_core.workload import Workload

PRODUCT = 2 * 4 * 5 * 6  # of [4, 5] and [5, 6]
A, B = tf.TensorSpec([4, 5]), tf.TensorSpec([5, 6])


def graph_of(function: Any, *specs: tf.TensorSpec) -> Any:
    return tf.function(function).get_concrete_function(*specs).graph


def test_what_nothing_needs_is_in_the_trace_but_not_executed() -> None:
    def twice(a: Any, b: Any) -> Any:
        tf.matmul(a, b + 1)
        return tf.matmul(a, b)

    graph = graph_of(twice, A, B)
    added = 5 * 6
    assert flops_of_trace(graph) == 2 * PRODUCT + added
    assert flops_of_function(graph) == PRODUCT


def test_what_an_update_needs_is_executed() -> None:
    variable = tf.Variable(tf.zeros([4, 6]))

    def update(a: Any, b: Any) -> Any:
        variable.assign_add(tf.matmul(a, b))
        return a

    assert flops_of_function(graph_of(update, A, B)) == PRODUCT


def test_a_loop_counts_as_often_as_it_runs() -> None:
    def loop(a: Any, b: Any) -> Any:
        return tf.while_loop(
            lambda n, _: n < 7, lambda n, c: (n + 1, tf.matmul(a, b)), (0, tf.zeros([4, 6])), maximum_iterations=7
        )

    counted = flops_of_function(graph_of(loop, A, B))
    assert counted
    assert 7 * PRODUCT <= counted < 7 * PRODUCT + 100  # and its counters


def test_a_loop_that_ends_nobody_knows_when_has_no_count_unless_its_trips_are_given() -> None:
    def loop(a: Any, b: Any) -> Any:
        return tf.while_loop(lambda c: tf.reduce_sum(c) < 1, lambda c: [c + tf.matmul(a, b)], [tf.zeros([4, 6])])

    graph = graph_of(loop, A, B)
    assert flops_of_function(graph) is None
    counted = flops_of_function(graph, unknown_trips=1)
    assert counted
    assert PRODUCT <= counted < PRODUCT + 100


def test_a_call_within_the_graph_is_looked_into() -> None:
    inner = tf.function(tf.matmul)
    assert flops_of_function(graph_of(lambda a, b: inner(a, b), A, B)) == PRODUCT


def test_an_open_shape_has_no_count() -> None:
    assert flops_of_function(graph_of(tf.matmul, tf.TensorSpec([None, 5]), B)) is None


@pytest.mark.parametrize("mode", ["graph", "function", "xla", "function_loop"])
def test_graphs_leave_out_the_gradient_of_the_images_which_eager_computes(mode: str) -> None:
    batches = pipeline.resident(SYNTHETIC, 4, 0)
    make_task = partial(resident_task, Workload("tutorial_cnn", 4, "synthetic"), batches)
    eager, traced = modes.load("eager")(make_task), modes.load(mode)(make_task)
    traced.run(1)
    traced.execution()
    of_images = 2 * 4 * 32 * 32 * 32 * 9 * 3  # a 3x3 convolution from 32 channels to 3
    difference = eager.structure().flops - traced.structure().flops
    assert difference == pytest.approx(of_images, rel=0.001)  # and some counters of the loop
