"""METRICS: the numbers of one measurement by name, each computed from its record alone."""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench.records.run import Measurement


@dataclass(frozen=True, slots=True)
class Metric:
    """One number of a measurement: `unit` is the unit `value` returns; None where it was not measured."""

    name: str
    title: str
    unit: str
    value: Callable[[Measurement], float | None]


def step_s(measurement: Measurement) -> float:
    """The median over the block's slices of the time of one step, in seconds."""
    return statistics.median(measurement.steady.seconds) / measurement.steady.steps_per_slice


def startup_s(measurement: Measurement) -> float:
    """Start-up cost: building and the first step, in seconds; importing TensorFlow is not in it."""
    return measurement.build_s + measurement.first_call_s


def cpu_s(measurement: Measurement) -> float | None:
    """CPU seconds of a step, over all of the process's threads: the mean over the block's slices."""
    steady, costs = measurement.steady, measurement.costs
    return costs.cpu_s / (len(steady.seconds) * steady.steps_per_slice) if costs and costs.cpu_s else None


def cores(measurement: Measurement) -> float | None:
    """How many cores the process kept busy on average while it was timed: CPU seconds over wall seconds."""
    costs = measurement.costs
    return costs.cpu_s / math.fsum(measurement.steady.seconds) if costs and costs.cpu_s else None


def trace_s(measurement: Measurement) -> float | None:
    """The part of the first step that traces, in seconds."""
    return measurement.costs.trace_s if measurement.costs else None


STEP_METRICS: dict[str, Callable[[float, int], float]] = {  # from the seconds of a step and the size of its batch
    "step": lambda step_s, batch_size: step_s,
    "images": lambda step_s, batch_size: batch_size / step_s,
    "image": lambda step_s, batch_size: step_s / batch_size,
}
METRICS = {
    metric.name: metric
    for metric in (
        Metric("step", "median step", "s", step_s),
        Metric("images", "images/s", "1/s", lambda m: STEP_METRICS["images"](step_s(m), m.case.workload.batch_size)),
        Metric(
            "image", "time of an image", "s", lambda m: STEP_METRICS["image"](step_s(m), m.case.workload.batch_size)
        ),
        Metric("load", "import and data", "s", lambda m: m.load_s),
        Metric("build", "build", "s", lambda m: m.build_s),
        Metric("first_call", "first step", "s", lambda m: m.first_call_s),
        Metric("startup", "build + first step", "s", startup_s),
        Metric("memory", "peak memory", "bytes", lambda m: float(m.peak_memory_bytes)),
        Metric("cpu", "CPU time of a step", "s", cpu_s),
        Metric("cores", "cores busy", "", cores),
        Metric("trace", "trace", "s", trace_s),
    )
}
