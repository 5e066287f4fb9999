"""An analysed run -> what a benchmark test shows of a case: its samples as they were taken, and what else is known.

One function for `pytest bench` and for a run's benchmark.json, so that they cannot differ. Leaves out names (views.py),
pytest (conftest.py) and the file (report/benchmark_json.py). No TensorFlow.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from bench.analysis.learning import Learning
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import Verdict
from bench.records.environment import Environment
from bench.records.run import Measurement
from bench.report.pytest_benchmark.names import View, views

SCHEMA = 1  # of extra_info; history: 1, the first
MEASURED_BY = "cifar-bench: a fresh process for each case and block, in turns; pytest-benchmark replays the times"

Info = str | int | float | None | list[int]


class ReplayClock:
    """A timer for pytest-benchmark that reads 0.0 and a slice's seconds in turn: so end - start is exact."""

    __name__ = "replay_clock"  # pytest-benchmark saves its timer's name; an object's own would be its address

    def __init__(self) -> None:
        self._readings: Iterator[float] = iter(())

    def load(self, seconds: Sequence[float]) -> None:
        """Replay these slices from now on. More readings than two for each raise StopIteration."""
        self._readings = chain.from_iterable((0.0, slice_s) for slice_s in seconds)

    def __call__(self) -> float:
        return next(self._readings)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a test shows. `seconds` of each slice by blocks in order, never trimmed; `iterations`: steps in a slice.

    Where `failed` or `skipped` says why there is nothing to be believed, there are no numbers either.
    """

    view: View
    seconds: tuple[float, ...] = ()
    iterations: int = 1
    extra_info: dict[str, Info] = field(default_factory=dict)
    failed: str = ""
    skipped: str = ""


def shown(run: Run, learning: Learning | None = None, selected: Iterable[View] | None = None) -> dict[str, Shown]:
    """What each view's test shows, by its name: of the run's cases, or those selected where the run is a part of more.

    `learning`: the trainings that lie beside the run, if any do.
    """
    rows = {result.case: (group, result) for group, result in run.rows()}
    wanted = views(run.plan.cases) if selected is None else selected
    return {view.name: _shown(view, run, *rows[view.case], learning) for view in wanted}


def _shown(view: View, run: Run, group: GroupResult, result: CaseResult, learning: Learning | None) -> Shown:
    if result.not_available:
        return Shown(view, skipped=f"NOT AVAILABLE: {result.not_available}")
    if result.not_applicable:
        return Shown(view, skipped=f"NOT APPLICABLE: {result.not_applicable}")
    if failed := _failed(result):
        return Shown(view, failed=failed)
    if not result.measurements:
        return Shown(view, skipped="not measured yet; `cifar-bench run --resume` goes on with the run")
    seconds, iterations = samples(result.measurements)
    return Shown(view, seconds, iterations, _extra_info(run, group, result, learning))


def _failed(result: CaseResult) -> str:
    """Why the case's test must fail: it did other work, not what its name says, or nobody can tell; or it broke."""
    if result.invalid:
        return f"INVALID: {'; '.join(result.invalid)}"
    for failure in result.failures:
        tail = f"\n{failure.stderr_tail.strip()}" if failure.stderr_tail else ""
        return f"failed in block {failure.block} at stage {failure.stage}: {failure.message}{tail}"
    if result.measurements and result.comparison and result.comparison.verdict is Verdict.NOT_COMPARABLE:
        return f"NOT COMPARABLE, so equal work is not proven: {result.comparison.reason}"
    return ""


def samples(measurements: Sequence[Measurement]) -> tuple[tuple[float, ...], int]:
    """Seconds of every slice in order, and the steps of each; of a far slower case's, whose slices differ, of one."""
    steps = {m.steady.steps_per_slice for m in measurements}
    if len(steps) == 1:
        return tuple(slice_s for m in measurements for slice_s in m.steady.seconds), steps.pop()
    return tuple(slice_s / m.steady.steps_per_slice for m in measurements for slice_s in m.steady.seconds), 1


def _extra_info(run: Run, group: GroupResult, result: CaseResult, learning: Learning | None) -> dict[str, Info]:
    """Plain values only: what JSON cannot hold, pytest-benchmark would write as a text or as no JSON at all."""
    case, measured = result.case, result.measurements
    first = measured[0]
    after = first.accuracy_after
    info: dict[str, Info] = {
        "schema": SCHEMA,
        "measured_by": MEASURED_BY,
        "mode": case.mode,
        "slowed_on_purpose": case.slowdown,
        "deterministic_ops": int(case.deterministic),
        "device": case.device,
        "data": case.workload.data,
        "seed": run.plan.seed,
        **_comparison(group, result),
        "first_call_s": _centre(result, "first_call"),
        "build_s": _centre(result, "build"),
        "traces": max(m.proof.execution.traces for m in measured),
        "traces_while_timing": sum(m.proof.traces_while_timing for m in measured),
        "updates": first.proof.updates,
        "loss": first.last_loss,
        "accuracy": _accuracy(case.mode, case.workload.model, learning),
        "accuracy_after_timing": after.share if after else None,
        "accuracy_after_updates": after.updates if after else None,
        "peak_memory_bytes": max(m.peak_memory_bytes for m in measured),
        "block": [m.block for m in measured],
        "slices_of_block": [len(m.steady.seconds) for m in measured],
        "created": run.plan.created,
    }
    return {key: _plain(value) for key, value in info.items()}


def _comparison(group: GroupResult, result: CaseResult) -> dict[str, Info]:
    """How many times as fast as the baseline, with interval and verdict; the baseline has its noise floor only."""
    comparison = result.comparison
    ratio = comparison.ratio if comparison else None
    return {
        "baseline": group.baseline.case.mode,
        "times_as_fast": ratio.centre if ratio else None,
        "times_as_fast_low": ratio.low if ratio else None,
        "times_as_fast_high": ratio.high if ratio else None,
        "times_as_fast_blocks": ratio.n if ratio else None,
        "verdict": comparison.verdict.value if comparison else "baseline",
        "noise_floor": group.floor,
    }


def _centre(result: CaseResult, metric: str) -> float | None:
    summary = result.summary(metric)
    return summary.centre if summary else None


def _accuracy(mode: str, model: str, learning: Learning | None) -> float | None:
    """The mode's mean test accuracy over seeds, where it was trained beside the run."""
    if not learning or learning.plan.training.model != model:
        return None
    means = [trained.mean for trained in learning.modes if trained.mode == mode]
    return means[0] if means else None


def _plain(value: Info) -> Info:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def machine_info(environment: Environment) -> dict[str, object]:
    """The machine as pytest-benchmark keeps it, of what does not change from one minute to the next."""
    return {
        "os": environment.os,
        "cpu": {"brand_raw": environment.cpu, "count": environment.cores},
        "cgroup_quota_cores": environment.cgroup_quota_cores,
        "memory_gib": round(environment.memory_bytes / 2**30),  # a few pages less after the next boot
        "gpu": environment.gpu,
        "gpu_driver": environment.driver,
        "python_version": environment.python,
        "tensorflow": environment.tensorflow,
        "numpy": environment.numpy,
        "flags": dict(environment.flags),
    }


def commit_info(environment: Environment) -> dict[str, object]:
    """The commit of this suite's code that measured, as pytest-benchmark keeps it."""
    return {
        "id": environment.commit or "unversioned",
        "time": None,
        "author_time": None,
        "dirty": bool(environment.dirty),
        "project": "cifar-bench",
        "branch": "(unknown)",
    }
