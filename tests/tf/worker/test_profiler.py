"""How the spans of a profile add up."""

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import Any

import pytest
import tensorflow as tf

from bench.records.devices import DeviceTime
from bench.worker import profiler
from bench.worker.device_time import TIMED, covered, device_time
from bench.worker.profiler import CALLS, COMPILED, _on_host, profile, profiled


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0.0),
        ([(0.0, 1.0), (2.0, 3.0)], 2.0),
        ([(0.0, 2.0), (1.0, 3.0)], 3.0),  # overlapping
        ([(0.0, 4.0), (1.0, 2.0), (3.0, 5.0)], 5.0),  # one inside another
        ([(2.0, 3.0), (0.0, 1.0)], 2.0),  # in any order
    ],
)
def test_time_covered_by_several_spans_counts_once(spans: list[tuple[float, float]], seconds: float) -> None:
    assert covered(spans) == seconds


def a_space(host: Sequence[tuple[str, float, float]], streams: Mapping[str, Sequence[tuple[str, float, float]]]) -> Any:
    """An XSpace as TensorFlow writes it: events by name, from and to in milliseconds."""
    from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace

    space = XSpace()
    for plane_name, lines in {"/host:CPU": {"python": host}, "/device:GPU:0": streams}.items():
        plane, numbers = space.planes.add(name=plane_name), dict[str, int]()
        for line_name, events in lines.items():
            line = plane.lines.add(name=line_name, timestamp_ns=10**9)
            for name, start, end in events:
                number = numbers.setdefault(name, len(numbers) + 1)
                plane.event_metadata[number].name = name
                line.events.add(
                    metadata_id=number, offset_ps=round(start * 1e9), duration_ps=round((end - start) * 1e9)
                )
    return space


STREAMS = {
    "Stream #13(Kernel)": [("conv", 2, 4), ("gemm", 3, 6)],  # overlapping
    "Stream #14(MemcpyH2D)": [("MemcpyH2D", 7, 8)],
    "TensorFlow Ops": [("Conv2D", 0, 20)],  # sums up the same work
}


def test_what_a_gpu_did_lies_within_the_hosts_time() -> None:
    found = device_time(a_space([(TIMED, 1, 10), ("SessionRun", 1, 9)], STREAMS))
    assert found == DeviceTime(*map(pytest.approx, (0.009, 0.005, 0.001, 0.001, 0.0)), 2)


def test_a_gpu_that_is_busy_after_the_clock_stopped_is_found_out_and_only_what_lies_within_counts() -> None:
    hasty = a_space([(TIMED, 1, 5)], STREAMS)
    assert device_time(hasty) == DeviceTime(*map(pytest.approx, (0.004, 0.003, 0.0, 0.001, 0.003)), 2)


def test_without_a_gpu_or_the_hosts_clock_nothing_is_said() -> None:
    assert device_time(a_space([(TIMED, 1, 10)], {})) is None
    assert device_time(a_space([("SessionRun", 1, 10)], STREAMS)) is None
    assert device_time(None) is None


def test_the_hosts_clock_is_noted_once_around_the_timed_steps() -> None:
    """By TensorFlow itself, on the CPU, with an op on a stream made up beside it."""

    def timed() -> None:
        with tf.profiler.experimental.Trace(TIMED):
            tf.matmul(tf.ones([64, 64]), tf.ones([64, 64])).numpy()

    space = profiled(timed, CALLS)
    host = next(plane for plane in space.planes if plane.name.startswith("/host:CPU"))
    named = {number for number, event in host.event_metadata.items() if event.name == TIMED}
    (event,) = [each for line in host.lines for each in line.events if each.metadata_id in named]
    assert event.duration_ps > 0


def test_what_xla_compiles_while_profiled_is_counted_though_nothing_is_traced() -> None:
    doubled = tf.function(lambda of: of * 2.0, jit_compile=True, input_signature=[tf.TensorSpec([None])])
    traces = doubled.experimental_get_tracing_count

    def compilations(*sizes: int) -> int | None:
        found = profile(lambda: [doubled(tf.ones([size])).numpy() for size in sizes], 1, perf_counter, compiles=True)
        assert found
        return found.compilations

    assert compilations(3) == 1
    traced = traces()
    assert compilations(3, 3) == 0
    assert compilations(4, 5, 3) == 2
    assert traces() == traced


def test_none_compiled_is_only_said_where_a_compilation_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def compilations(compiles: bool) -> int | None:
        found = profile(lambda: [tf.ones([3]).numpy()], 1, perf_counter, compiles=compiles)
        assert found
        return found.compilations

    assert compilations(True) == 0
    assert compilations(False) is None
    monkeypatch.setattr(profiler, "COMPILED", ("a name of another TensorFlow",))
    assert compilations(True) is None


def test_a_gpus_compilations_are_counted_by_the_name_they_have_there() -> None:
    space = a_space([("XlaCompileBackend:#module=step,program_id=1#", 1, 2), ("SessionRun", 1, 9)], STREAMS)
    assert len(list(_on_host(space, COMPILED))) == 1


def test_of_the_processes_of_a_case_only_the_first_is_profiled_and_all_take_the_steps() -> None:
    taken = list[int]()
    assert profiled(lambda: taken.append(1), CALLS, process=1) is None
    assert taken == [1]
