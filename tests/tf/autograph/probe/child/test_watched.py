"""Watching changes nothing: objects live as long as without it."""

import gc
import weakref
from typing import Any

import tensorflow as tf

from bench.autograph.probe.child.watched import FunctionRecord, WatchedFunction


class Plain:
    """A watcher that makes the call and counts it."""

    def called(self, watched: WatchedFunction, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        watched.record.calls += 1
        return watched.call(arguments, keywords)


def watched(function: Any) -> WatchedFunction:
    code = function.__code__
    record = FunctionRecord(code.co_name, code, code.co_filename, code.co_firstlineno)
    return WatchedFunction(Plain(), tf.function(function), record)


def doubled(self: Any, x: Any) -> Any:
    return x * 2


class Net:
    step = watched(doubled)

    def of(self, x: Any) -> Any:
        return x


def test_an_argument_is_not_kept_and_its_retrace_names_it() -> None:
    apply = watched(lambda transform, x: transform(x))
    net = Net()
    for _ in range(3):
        apply(net.of, tf.constant(1.0))
    assert apply.record.traces == 3
    assert [change.what for retrace in apply.record.retraces for change in retrace.changes] == ["object", "object"]
    kept = weakref.ref(net)
    del net
    gc.collect()
    assert kept() is None


def test_a_method_is_the_same_tf_function_each_time_and_goes_with_its_object() -> None:
    net = Net()
    assert net.step is net.step
    net.step(tf.constant(1.0))
    kept, method = weakref.ref(net), weakref.ref(net.step)
    del net
    gc.collect()
    assert (kept(), method()) == (None, None)
