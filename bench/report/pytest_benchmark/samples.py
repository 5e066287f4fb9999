"""A run -> the samples that each benchmark test shows, with its extra_info.

`pytest bench` and a run's benchmark.json both take them from here, so that they cannot differ.
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
MEASURED_BY = "cifar-bench: fresh processes for each repetition, interleaved; pytest-benchmark replays the times"

Info = str | int | float | None | list[int]


class SamplesClock:
    """A timer for pytest-benchmark that alternately reads 0.0 and a slice's seconds, so that end - start is exact."""

    __name__ = "replay_clock"  # pytest-benchmark saves its timer's name; an object's own would be its address

    def __init__(self) -> None:
        self._readings: Iterator[float] = iter(())

    def load(self, seconds: Sequence[float]) -> None:
        """Replay these slices from now on. More readings than two for each raise StopIteration."""
        self._readings = chain.from_iterable((0.0, slice_s) for slice_s in seconds)

    def __call__(self) -> float:
        return next(self._readings)


@dataclass(frozen=True, slots=True)
class CaseSamples:
    """What a test shows of a case: `seconds` of every slice, block by block; `iterations`: steps in a slice.

    Where `failed` or `skipped` gives a reason, there are no numbers.
    """

    view: View
    seconds: tuple[float, ...] = ()
    iterations: int = 1
    extra_info: dict[str, Info] = field(default_factory=dict)
    failed: str = ""
    skipped: str = ""


def case_samples(
    run: Run, learning: Learning | None = None, selected: Iterable[View] | None = None
) -> dict[str, CaseSamples]:
    """By the name of its test, what each view shows: every view of the run's cases, or only those selected.

    `learning`: the trainings in the run's folder, if it has any.
    """
    results = {result.case: (group, result) for group, result in run.rows()}
    wanted = views(run.plan.cases) if selected is None else selected
    return {view.name: _of_view(view, run, *results[view.case], learning) for view in wanted}


def _of_view(view: View, run: Run, group: GroupResult, result: CaseResult, learning: Learning | None) -> CaseSamples:
    if result.not_available:
        return CaseSamples(view, skipped=f"NOT AVAILABLE: {result.not_available}")
    if result.not_applicable:
        return CaseSamples(view, skipped=f"NOT APPLICABLE: {result.not_applicable}")
    if result.other_by_design:
        return CaseSamples(view, skipped=f"NOT COMPARABLE: {result.other_by_design}")
    if failed := _failed(result):
        return CaseSamples(view, failed=failed)
    if not result.measurements:
        return CaseSamples(view, skipped="not measured yet; `cifar-bench run --resume` goes on with the run")
    seconds, iterations = samples(result.measurements)
    return CaseSamples(view, seconds, iterations, _extra_info(run, group, result, learning))


def _failed(result: CaseResult) -> str:
    """Why the case's test must fail: it failed, was invalid, or could not be compared; empty where it passes."""
    if result.invalid:
        return f"INVALID: {'; '.join(result.invalid)}"
    for failure in result.failures:
        tail = f"\n{failure.stderr_tail.strip()}" if failure.stderr_tail else ""
        return f"failed in block {failure.block} at stage {failure.stage}: {failure.message}{tail}"
    if result.measurements and result.comparison and result.comparison.verdict is Verdict.NOT_COMPARABLE:
        return f"NOT COMPARABLE, so equal work is not proven: {result.comparison.reason}"
    return ""


def samples(measurements: Sequence[Measurement]) -> tuple[tuple[float, ...], int]:
    """Seconds of every slice in order, and the steps in each. Where slices differ in length, seconds of one step."""
    steps = {m.steady.steps_per_slice for m in measurements}
    if len(steps) == 1:
        return tuple(slice_s for m in measurements for slice_s in m.steady.seconds), steps.pop()
    return tuple(slice_s / m.steady.steps_per_slice for m in measurements for slice_s in m.steady.seconds), 1


def _extra_info(run: Run, group: GroupResult, result: CaseResult, learning: Learning | None) -> dict[str, Info]:
    """Plain values only: pytest-benchmark would write anything else as a text, or not as JSON at all."""
    case, measurements = result.case, result.measurements
    first = measurements[0]
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
        "traces": max(m.proof.execution.traces for m in measurements),
        "traces_while_timing": sum(m.proof.traces_while_timing for m in measurements),
        "updates": first.proof.updates,
        "loss": first.last_loss,
        "accuracy": _accuracy(case.mode, case.workload.model, learning),
        "accuracy_after_timing": after.share if after else None,
        "accuracy_after_updates": after.updates if after else None,
        "peak_memory_bytes": max(m.peak_memory_bytes for m in measurements),
        "block": [m.block for m in measurements],
        "slices_of_block": [len(m.steady.seconds) for m in measurements],
        "created": run.plan.created,
    }
    return {key: _plain(value) for key, value in info.items()}


def _comparison(group: GroupResult, result: CaseResult) -> dict[str, Info]:
    """The speedup over the baseline with interval and verdict; None for the baseline, which has an A/A control only."""
    comparison = result.comparison
    ratio, later = (comparison.ratio, comparison.over_time) if comparison else (None, None)
    control = group.control_ratio
    return {
        "baseline": group.baseline.case.mode,
        "times_as_fast": ratio.centre if ratio else None,
        "times_as_fast_low": ratio.low if ratio else None,
        "times_as_fast_high": ratio.high if ratio else None,
        "times_as_fast_blocks": ratio.n if ratio else None,
        "verdict": comparison.verdict.value if comparison else "baseline",
        "over_time_low": later.low if later else None,
        "over_time_high": later.high if later else None,
        "aa_difference": control.centre - 1 if control else None,
        "aa_difference_low": control.low - 1 if control and control.low else None,
        "aa_difference_high": control.high - 1 if control and control.high else None,
    }


def _centre(result: CaseResult, metric: str) -> float | None:
    summary = result.summary(metric)
    return summary.centre if summary else None


def _accuracy(mode: str, model: str, learning: Learning | None) -> float | None:
    """The mode's mean test accuracy over seeds, where the run's folder holds trainings of the same model."""
    if not learning or learning.plan.training.model != model:
        return None
    means = [of_mode.mean for of_mode in learning.modes if of_mode.mode == mode]
    return means[0] if means else None


def _plain(value: Info) -> Info:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def machine_info(environment: Environment) -> dict[str, object]:
    """The machine as pytest-benchmark keeps it, without what changes from minute to minute."""
    return {
        "os": environment.os,
        "cpu": {"brand_raw": environment.cpu, "count": environment.cores},
        "cgroup_quota_cores": environment.cgroup_quota_cores,
        "memory_gib": round(environment.memory_bytes / 2**30),  # bytes differ by a few pages after each boot
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
