"""Operations of real steps, as the profiler notes them in every way of executing."""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
import tensorflow as tf

from bench.machine.environment import cpu_features
from bench.records.costs import StepOperations
from bench.records.environment import onednn_used
from bench.worker.operations import calls_for, operations

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system moves no threads")
IMAGES = tf.random.stateless_uniform([16, 32, 32, 8], [0, 0])
KERNEL = tf.Variable(tf.random.stateless_uniform([3, 3, 8, 16], [1, 1]))


def step() -> Any:
    """Two convolutions that a product of matrices is small beside."""
    with tf.GradientTape() as tape:
        convolved = tf.nn.conv2d(IMAGES, KERNEL, 1, "SAME")
        pooled = tf.nn.max_pool2d(convolved, 2, 2, "VALID")
        loss = tf.reduce_sum(tf.matmul(tf.reshape(pooled, [16, -1]), tf.ones([4096, 2])))
    KERNEL.assign_sub(1e-9 * tape.gradient(loss, KERNEL))
    return loss


def found(call: Callable[[], Any]) -> StepOperations:
    def run(steps: int) -> None:
        for _ in range(steps):
            loss = call()
        float(loss)

    run(2)
    operations_ = operations(run, 1, time.perf_counter)
    assert operations_
    return operations_


WAYS = {
    "eager": lambda: step,
    "graph": lambda: tf.function(step),
    "compiled": lambda: tf.function(step, jit_compile=True),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_names_the_same_operations_and_they_take_most_of_the_time(way: str) -> None:
    profiled = found(WAYS[way]())
    by_name = {each.name: each for each in profiled.operations}
    assert {"Conv2D", "Conv2DBackpropFilter", "MaxPoolGrad"} <= {*by_name}
    assert not {name for name in by_name if "inference" in name or name.startswith("_Mkl")}
    # Nothing asked for the gradient of the images: a graph leaves it out.
    assert ("Conv2DBackpropInput" in by_name) == (way == "eager")
    spent_s = sum(each.cpu_s for each in profiled.operations)
    assert 0.3 * profiled.cpu_s < spent_s <= 1.01 * profiled.cpu_s
    assert spent_s + profiled.runtime_s <= 1.01 * profiled.cpu_s
    if way != "compiled":
        assert by_name["Conv2D"].kernels == profiled.steps


@pytest.mark.parametrize("way", WAYS)
def test_onednn_executes_products_in_eager_and_graphs_pools_in_graphs_only_and_nothing_under_xla(way: str) -> None:
    by_onednn = {each.name for each in found(WAYS[way]()).operations if each.onednn}
    products = {"Conv2D", "Conv2DBackpropFilter", "MatMul"}
    expected = {
        "eager": {*products, "Conv2DBackpropInput"},
        "graph": {*products, "MaxPoolGrad"},
        "compiled": set[str](),
    }
    if not onednn_used(os.environ, cpu_features()):
        assert not by_onednn
    else:
        assert expected[way] <= by_onednn
        assert ("MaxPoolGrad" in by_onednn) == (way == "graph")


def test_the_steps_taken_are_a_multiple_of_a_call() -> None:
    taken = list[int]()

    def run(steps: int) -> None:
        taken.append(steps)
        for _ in range(steps):
            step()

    profiled = operations(run, 30, time.perf_counter)
    assert profiled
    assert taken[0] == 30
    assert profiled.steps == taken[1]
    assert profiled.steps % 30 == 0


@pytest.mark.parametrize(
    ("call_s", "per_call", "calls"),
    [(0.0, 1, 100), (0.01, 1, 50), (0.05, 1, 10), (0.3, 1, 3), (2.0, 1, 3), (4.0, 1, 2), (30.0, 1, 1), (0.3, 30, 1)],
)
def test_half_a_second_is_profiled_at_least_three_steps_unless_those_take_long(
    call_s: float, per_call: int, calls: int
) -> None:
    assert calls_for(call_s, per_call) == calls
