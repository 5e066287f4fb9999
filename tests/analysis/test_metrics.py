"""The metrics of one measurement, by hand from its record: three slices of two steps, about 50 ms a step."""

import pytest
from builders import a_costs, a_measurement

from bench.analysis.metrics import METRICS
from bench.records.run import Samples

BATCH = 64
MEASURED = a_measurement(step_s=0.05, costs=a_costs("function", cpu_s=0.45, trace_s=0.2), build_s=0.1, first_call_s=0.3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("step", 0.05),
        ("images", BATCH / 0.05),
        ("image", 0.05 / BATCH),
        ("load", 3.0),
        ("build", 0.1),
        ("first_call", 0.3),
        ("startup", 0.4),
        ("memory", 700 * 2**20),
        ("cpu", 0.45 / 6),
        ("cores", 1.5),
        ("trace", 0.2),
    ],
)
def test_each_metric_comes_from_the_record_alone(name: str, value: float) -> None:
    assert METRICS[name].value(MEASURED) == pytest.approx(value)


def test_every_metric_is_tested_here() -> None:
    assert len(METRICS) == 11
    assert all(metric.name == name for name, metric in METRICS.items())


def test_the_time_of_a_step_is_the_median_slice_so_one_long_slice_does_not_matter() -> None:
    disturbed = a_measurement(steady=Samples((0.1, 9.0, 0.1), 2))
    assert METRICS["step"].value(disturbed) == pytest.approx(0.05)


def test_what_was_not_measured_is_none() -> None:
    for name in ("cpu", "cores", "trace"):
        assert METRICS[name].value(a_measurement()) is None
    assert METRICS["trace"].value(a_measurement(costs=a_costs("eager"))) is None
