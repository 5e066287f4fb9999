"""Sanity checks on the numbers of a run: arithmetic that holds on every machine."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.analysis import costs
from bench.analysis.metrics import startup_s, step_s
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.slow_cases import FAR_LONGER, SLOW, slice_s
from bench.analysis.sweep import BATCH_SIZES, sweeps
from bench.records.costs import Costs
from bench.records.run import Measurement

ROUNDED = 0.006  # what three significant digits may hide of a number
CLOCKS = 0.05  # how far two clocks may differ: CPU time is counted in ticks, wall time is not


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: how many numbers it was applied to, and in words each that breaks it."""

    rule: str
    numbers: int
    broken: tuple[str, ...]


Findings = Iterator[tuple[bool, str]]  # whether a number holds, and what to say where it does not


def checks(run: Run) -> tuple[Check, ...]:
    """Every rule, applied to every number of the run that it is about."""
    return tuple(_check(rule, list(find(run))) for rule, find in RULES)


def _check(rule: str, findings: Sequence[tuple[bool, str]]) -> Check:
    return Check(rule, len(findings), tuple(text for holds, text in findings if not holds))


def alarms(run: Run) -> list[str]:
    """Every number that breaks a rule, in words."""
    return [f"{check.rule}: {text}" for check in checks(run) for text in check.broken]


def _throughput(run: Run) -> Findings:
    for group, result in run.rows():
        step, images = result.summary("step"), result.summary("images")
        if step and images:
            product, batch = rounded(step.centre) * rounded(images.centre), group.workload.batch_size
            holds = abs(product / batch - 1) <= 2 * ROUNDED
            yield holds, f"{_name(group, result)}: {product:.4g} is not {batch}"


def rounded(value: float) -> float:
    """The value as a table shows it, in three significant digits."""
    return float(f"{value:.3g}")


def _parts(run: Run) -> Findings:
    for where, m in _measurements(run):
        yield m.first_call_s <= startup_s(m), f"{where}: the first step takes longer than the start-up it is part of"
        if m.costs:
            yield from _parts_of_costs(where, m, m.costs)


def _parts_of_costs(where: str, m: Measurement, counted: Costs) -> Findings:
    if counted.trace_s is not None:
        yield counted.trace_s <= m.first_call_s, f"{where}: tracing takes longer than the first step it is part of"
    if counted.profile:
        within = counted.profile.executing_s <= counted.profile.wall_s * (1 + CLOCKS)
        yield within, f"{where}: ops were executed for longer than the steps took"
    if parts := counted.operations:
        spent_s = parts.runtime_s + math.fsum(each.cpu_s for each in parts.operations)
        yield spent_s <= parts.cpu_s * (1 + CLOCKS), f"{where}: operations took more CPU time than the steps"
    if cores := m.environment.cores:
        within = counted.cpu_s <= cores * math.fsum(m.steady.seconds) * (1 + CLOCKS) + 0.02
        yield within, f"{where}: more CPU time than {cores} cores have"
    if (structure := counted.structure) and structure.fusions is not None and structure.hlo_optimised:
        yield structure.fusions <= structure.hlo_optimised, f"{where}: more fusions than instructions"


def _steps(run: Run) -> Findings:
    for where, m in _measurements(run):
        updates, expected = m.proof.updates, m.proof.updates_expected
        yield updates == expected, f"{where}: {updates} updates of the weights where {expected} steps were asked for"
    for group in run.groups:
        baselines = {m.block: m for m in group.baseline.measurements}
        for result in group.cases[1:]:
            for m in (m for m in result.measurements if m.block in baselines):
                holds = len(m.steady.seconds) == len(baselines[m.block].steady.seconds)
                if holds or not _very_slow(m, baselines[m.block]):
                    yield holds, f"{_name(group, result)}, block {m.block}: other slices than the baseline's"


def _very_slow(measurement: Measurement, baseline: Measurement) -> bool:
    """Whether a step or a slice is so slow that the case may be sampled less often (slow_cases.py).

    That is decided by the first steps; so slices are exempt as well that turned out half as slow.
    """
    step_ratio = step_s(measurement) / step_s(baseline)
    return step_ratio >= SLOW / 2 or slice_s(measurement) / slice_s(baseline) >= FAR_LONGER / 2


def _rates(run: Run) -> Findings:
    for group, result in run.rows():
        rate, peak = costs.rate_flops_per_s(group, result), costs.peak_flops_per_s(group)
        if rate and peak:
            yield rate <= peak, f"{_name(group, result)}: {rate / peak:.0%} of the fastest matrix product"


def _compiles(run: Run) -> Findings:
    """No trace was counted while timed, and no slice takes as long as one with a compilation in it would."""
    for where, m in _measurements(run):
        yield m.proof.traces_while_timing == 0, f"{where}: traced {m.proof.traces_while_timing} times while timed"
        usual = sorted(m.steady.seconds)[len(m.steady.seconds) // 2] if m.steady.seconds else 0.0
        compiling = m.first_call_s - usual / m.steady.steps_per_slice
        if m.proof.execution.xla_compilations and compiling > usual:
            holds = max(m.steady.seconds) < usual + compiling
            yield holds, f"{where}: a slice of {max(m.steady.seconds):.3g} s, long enough for a compilation"


def _more_work(run: Run) -> Findings:
    """In a sweep over batch sizes, no mode's step is significantly shorter at a larger batch."""
    for sweep in sweeps(run, BATCH_SIZES):
        for arm, by_size in sweep.results_by_arm.items():
            for small, large in pairwise(sorted(by_size)):
                at_small, at_large = (by_size[size][1].summary("step") for size in (small, large))
                if at_small and at_large and at_small.low and at_large.high:
                    text = f"{sweep.title}, {sweep.titles[arm]}: a step at batch {large} is shorter than at {small}"
                    yield at_large.high >= at_small.low, text


def _measurements(run: Run) -> Iterator[tuple[str, Measurement]]:
    for group, result in run.rows():
        for m in result.measurements:
            yield f"{_name(group, result)}, block {m.block}", m


def _name(group: GroupResult, result: CaseResult) -> str:
    return f"{group.title}, {result.title}"


RULES: tuple[tuple[str, Callable[[Run], Findings]], ...] = (
    ("images/s × time of a step = batch size, as printed", _throughput),
    ("a part is no larger than its whole", _parts),
    ("every case took the steps it was asked for, in as many slices as its baseline, very slow ones aside", _steps),
    ("no case computes faster than the device's fastest matrix product", _rates),
    ("no warmed-up timing holds a trace or a compilation", _compiles),
    ("a larger batch takes no shorter step", _more_work),
)
