"""METRICS: named pure views of one Measurement. Leaves out how values of several blocks are summarised (stats.py)."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench.records import Measurement


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a measurement: `unit` is the unit `value` returns."""

    name: str
    title: str
    unit: str
    value: Callable[[Measurement], float]


def step_s(measurement: Measurement) -> float:
    """The median over the block's slices of the time of one step, in seconds."""
    return statistics.median(measurement.steady.seconds) / measurement.steady.steps_per_slice


def images_per_s(measurement: Measurement) -> float:
    """Training images a second at the median step time."""
    return measurement.case.workload.batch_size / step_s(measurement)


def image_s(measurement: Measurement) -> float:
    """The share of the median step time that falls to one image, in seconds."""
    return step_s(measurement) / measurement.case.workload.batch_size


def startup_s(measurement: Measurement) -> float:
    """Building and the first call: what a mode costs before its second step, TensorFlow's import left out."""
    return measurement.build_s + measurement.first_call_s


METRICS = {
    metric.name: metric
    for metric in (
        Metric("step", "median step", "s", step_s),
        Metric("images", "images/s", "1/s", images_per_s),
        Metric("image", "time of an image", "s", image_s),
        Metric("load", "import and data", "s", lambda m: m.load_s),
        Metric("build", "build", "s", lambda m: m.build_s),
        Metric("first_call", "first call", "s", lambda m: m.first_call_s),
        Metric("startup", "build + first call", "s", startup_s),
        Metric("memory", "peak memory", "bytes", lambda m: float(m.peak_memory_bytes)),
    )
}
