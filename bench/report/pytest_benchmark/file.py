"""A run's benchmark.json: its samples in pytest-benchmark's format, for `pytest-benchmark compare` and similar tools.

Cases that failed or are invalid are not in it.
"""

import json

import pytest_benchmark
from pytest_benchmark.stats import Stats

from bench.analysis.learning import Learning
from bench.analysis.results import Run
from bench.report.pytest_benchmark.samples import CaseSamples, SamplesClock, case_samples, commit_info, machine_info

NAME = "benchmark.json"


def text(run: Run, learning: Learning | None = None) -> str:
    """The file's content: valid JSON without NaN, the same for the same run."""
    environments = [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]
    content = {
        "machine_info": machine_info(environments[0]) if environments else {},
        "commit_info": commit_info(environments[0]) if environments else {},
        "benchmarks": [_benchmark(case) for case in case_samples(run, learning).values() if case.seconds],
        "datetime": run.plan.created,
        "version": pytest_benchmark.__version__,
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _benchmark(case: CaseSamples) -> dict[str, object]:
    stats = Stats()
    for slice_s in case.seconds:
        stats.update(slice_s / case.iterations)
    return {
        "group": case.view.group,
        "name": case.view.name,
        "fullname": case.view.fullname,
        "params": case.view.params,
        "param": case.view.id,
        "extra_info": case.extra_info,
        "options": {"timer": SamplesClock().__name__},
        "stats": {**stats.as_dict(), "data": stats.data, "iterations": case.iterations},
    }
