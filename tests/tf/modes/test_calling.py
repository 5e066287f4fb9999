"""What one step calls: ops, graphs and what XLA compiles, seen by TensorFlow's own callbacks."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import pytest
import tensorflow as tf

from bench import modes
from bench.modes import calling
from bench.records.proof import Calls
from cifar_core import pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import resident_task
from cifar_core.workload import Workload

WORKLOAD = Workload("mlp", 4, "synthetic")
HERE = ["eager", "graph", "function", "function_loop", "xla", "keras_fit", "keras_jit", "keras_eager"]


def opened(mode: str, **options: Any) -> Any:
    """A trainer that has taken two steps."""
    batches = pipeline.resident(SYNTHETIC, WORKLOAD.batch_size, 0)
    trainer = modes.load(mode)(partial(resident_task, WORKLOAD, batches), **options)
    trainer.run(1)
    trainer.run(1)
    return trainer


@cache
def seen(mode: str) -> tuple[Calls, int]:
    """What a step of the mode called, and how many updates it took."""
    trainer = opened(mode)
    before = updates(trainer)
    return trainer.calls(), updates(trainer) - before


def updates(trainer: Any) -> int:
    return int(trainer.read([trainer.task.optimizer.iterations])[0])


@tf.function(autograph=False)
def doubled(x: Any) -> Any:
    return x * 2


@tf.function(autograph=False, jit_compile=True)
def block(x: Any) -> Any:
    return x * 2 + 1


@tf.function(autograph=False)
def middle(x: Any) -> Any:
    return block(x) + 1


ONE = tf.constant(1.0)


@pytest.mark.parametrize("mode", HERE)
def test_looking_takes_one_step_as_any_other(mode: str) -> None:
    assert seen(mode)[1] == 1


@pytest.mark.parametrize("mode", ["eager", "keras_eager"])
def test_an_eager_step_is_ops_that_python_ran(mode: str) -> None:
    calls, _ = seen(mode)
    assert calls.ops > 30
    assert calls.updates >= 7  # six weights or more, and the counter
    assert (calls.functions, calls.compiled, calls.as_traced) == ((), (), None)


@pytest.mark.parametrize("mode", ["function", "function_loop", "xla"])
def test_a_traced_step_is_one_call_of_the_graph_that_was_traced(mode: str) -> None:
    calls, _ = seen(mode)
    assert len(calls.functions) == 1
    assert calls.as_traced
    assert calls.updates == 0
    assert bool(calls.compiled) is (mode == "xla")


def test_kerass_step_is_a_graph_that_its_own_thread_calls() -> None:
    calls, _ = seen("keras_fit")
    assert len(calls.functions) == 1
    assert calls.compiled == ()
    assert seen("keras_jit")[0].compiled


def test_a_session_shows_python_no_op() -> None:
    assert seen("graph")[0] == Calls(0, 0, ())


def test_a_step_that_calls_another_graph_than_the_traced_one_is_seen() -> None:
    trainer = opened("function")
    traced, other = calling.name_of(trainer._concrete()), tf.function(trainer._loss_of_step, autograph=False)
    other(*next(trainer._feed))
    called = calling.watched(lambda: other(*next(trainer._feed)), traced)
    assert called.functions
    assert called.as_traced is False


@pytest.mark.parametrize("mode", ["keras_fit", "keras_eager"])
def test_keras_with_many_steps_an_execution_takes_one_step_to_be_looked_at_and_then_goes_on(mode: str) -> None:
    trainer = opened(mode, steps_per_call=3)
    trainer.run(3)
    before = updates(trainer)
    calls = trainer.calls()
    assert updates(trainer) - before == 1
    assert bool(calls.functions) is (mode == "keras_fit")
    assert (calls.updates > 0) or calls.functions
    trainer.run(3)
    assert updates(trainer) - before == 4


@pytest.mark.parametrize("mode", ["keras_fit", "keras_eager"])
def test_kerass_thread_is_watched_for_one_step_and_no_longer(mode: str) -> None:
    trainer, watch = opened(mode), calling.Watch()
    trainer._run(1, watch)
    seen_of_one = watch.calls()
    trainer.run(2)
    assert watch.calls() == seen_of_one
    assert trainer.calls() == seen_of_one


@pytest.mark.parametrize(
    ("call", "functions", "compiled"),
    [
        (lambda: ONE + 1, (), ()),
        (lambda: doubled(ONE), ("doubled",), ()),
        (lambda: block(ONE), ("block",), ("block",)),
        (lambda: middle(ONE), ("middle",), ("block",)),
        (lambda: (middle(ONE), block(ONE)), ("middle", "block"), ("block",)),
    ],
)
def test_what_xla_compiles_is_found_at_any_depth(
    call: Callable[[], Any], functions: tuple[str, ...], compiled: tuple[str, ...]
) -> None:
    call()  # traced before
    calls = calling.watched(call)
    assert calls.functions == functions
    assert tuple(dict.fromkeys(calls.compiled)) == compiled


def test_gradients_of_a_compiled_function_are_compiled_too() -> None:
    def step() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(ONE)
            result = middle(ONE)
        return tape.gradient(result, ONE)

    step()
    calls = calling.watched(step)
    assert len(calls.functions) == 2  # forward and backward
    assert set(calls.functions) == {"middle"}
    assert calls.compiled


def test_a_function_inside_a_loop_or_branch_of_a_graph_is_found() -> None:
    @tf.function(autograph=False)
    def looping(x: Any) -> Any:
        return tf.while_loop(
            lambda i, y: i < 2, lambda i, y: (i + 1, tf.cond(y > 0, lambda: block(y), lambda: y)), [0, x]
        )

    looping(ONE)
    assert "block" in calling.watched(lambda: looping(ONE)).compiled


def test_a_function_that_is_one_of_many_branches_is_found() -> None:
    @tf.function(autograph=False)
    def choosing(which: Any) -> Any:
        return tf.switch_case(which, [lambda: ONE, lambda: block(ONE), lambda: ONE + 1])

    choosing(tf.constant(0))
    assert "block" in calling.watched(lambda: choosing(tf.constant(0))).compiled


def test_tracing_runs_nothing_that_counts() -> None:
    def trace() -> Any:
        return tf.function(lambda x: x + 1 - 2, autograph=False).get_concrete_function(tf.TensorSpec([], tf.float32))

    calls = calling.watched(trace)
    assert (calls.functions, calls.updates) == ((), 0)


def test_a_function_that_is_traced_while_it_is_watched_counts_as_one_call() -> None:
    """As where a person's own code traces in every step."""
    variable = tf.Variable(1.0)
    made = tf.function(lambda x: variable.assign_add(block(x)), autograph=False)
    calls = calling.watched(lambda: made(ONE))
    assert len(calls.functions) == 1
    assert calls.compiled == ("block",)
    assert calls.updates == 0  # inside the graph


def test_updates_are_the_ops_that_change_a_variable() -> None:
    variable = tf.Variable(1.0)
    assert calling.watched(lambda: variable.assign_add(1.0)).updates == 1
    assert calling.watched(lambda: variable + 1.0).updates == 0


def test_nothing_is_watched_any_more_after_a_call_even_one_that_fails() -> None:
    watch = calling.Watch()
    watch.begin()
    doubled(ONE)
    watch.end()
    before = watch.calls()
    doubled(ONE)
    assert watch.calls() == before

    def fails() -> None:
        raise ValueError("in a step")

    for _ in range(2):  # a callback that was left would make the second attempt to add another fail or count twice
        with pytest.raises(ValueError, match="in a step"):
            calling.watched(fails)
    assert calling.watched(lambda: doubled(ONE)).functions == ("doubled",)


def test_the_library_of_a_sessions_graph_shows_what_xla_compiles() -> None:
    with tf.Graph().as_default() as graph:
        middle(tf.constant(1.0))
    assert calling.of_graph(graph.as_graph_def()).compiled == ("block",)
    with tf.Graph().as_default() as graph:
        doubled(tf.constant(1.0))
    assert calling.of_graph(graph.as_graph_def()) == Calls(0, 0, ())


def test_time_is_spent_on_tracing_any_function_and_on_nothing_else() -> None:
    doubled(ONE)
    before = calling.tracing_us()
    for _ in range(10):
        doubled(ONE)
    assert calling.tracing_us() == before
    doubled(tf.constant([1.0, 2.0]))  # another shape
    traced = calling.tracing_us()
    assert traced > before
    assert opened("function").tracing_us() > traced


@pytest.mark.parametrize("mode", ["eager", "graph", "function", "function_loop", "keras_fit", "keras_eager"])
def test_steps_of_any_number_trace_nothing_after_the_first(mode: str) -> None:
    trainer = opened(mode)
    before = trainer.tracing_us()
    trainer.run(1)
    trainer.run(3)
    trainer.sync()
    assert trainer.tracing_us() == before


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("__inference_middle_118", "middle"),
        ("__forward___backward_middle_5_12", "middle"),
        ("__inference_one_step_on_data_distributed_7", "one_step_on_data_distributed"),
        ("__inference_conv2_3", "conv2"),
        ("middle", "middle"),
        ("__inference_forward_pass_7", "forward_pass"),
        ("__inference___private_7", "__private"),
    ],
)
def test_a_function_is_named_as_its_author_did(name: str, plain: str) -> None:
    assert calling.plain(name) == plain
