"""A run's benchmark.json: its samples in pytest-benchmark's format, for `pytest-benchmark compare` and its kin.

Cases that failed or are not to be believed are absent. Leaves out what is said of a case (replay.py).
"""

import json
from pathlib import Path

import pytest_benchmark
from pytest_benchmark.stats import Stats

from bench.analysis.learning import Learning
from bench.analysis.results import Run
from bench.errors import BenchError
from bench.report.pytest_benchmark.samples import ReplayClock, Shown, commit_info, machine_info, shown


def write(folder: Path, run: Run, learning: Learning | None) -> None:
    """Write it into the run's folder. Raises BenchError where it cannot."""
    try:
        (folder / "benchmark.json").write_text(text(run, learning), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"cannot write the report into {folder}: {error.strerror}") from None


def text(run: Run, learning: Learning | None = None) -> str:
    """The same run gives the same text; it is valid JSON without NaN."""
    environments = [outcome.measurement.environment for outcome in run.outcomes if outcome.measurement]
    content = {
        "machine_info": machine_info(environments[0]) if environments else {},
        "commit_info": commit_info(environments[0]) if environments else {},
        "benchmarks": [_benchmark(case) for case in shown(run, learning).values() if case.seconds],
        "datetime": run.plan.created,
        "version": pytest_benchmark.__version__,
    }
    return json.dumps(content, indent=1, allow_nan=False) + "\n"


def _benchmark(case: Shown) -> dict[str, object]:
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
        "options": {"timer": ReplayClock().__name__},
        "stats": {**stats.as_dict(), "data": stats.data, "iterations": case.iterations},
    }
