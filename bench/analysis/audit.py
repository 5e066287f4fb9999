"""The arithmetic that every number of a run must pass, whatever the machine: a check holds, or says what breaks it.

Leaves out whether a mode did its baseline's work and was what its name says (validity.py), and all wording of reports.
"""

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bench.analysis import costs as spending
from bench.analysis.metrics import startup_s, step_s
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.slow_cases import SLOW
from bench.analysis.sweep import BATCH_SIZES, families
from bench.records.run import Measurement

ROUNDED = 0.006  # what three significant digits may hide of a number
CLOCKS = 0.05  # CPU time is counted in ticks, and the clock stops between two of them


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: how many numbers it was put to, and each that breaks it, in words."""

    rule: str
    numbers: int
    broken: tuple[str, ...]


Findings = Iterator[tuple[bool, str]]  # whether a number holds, and what to say where it does not


def checks(run: Run) -> tuple[Check, ...]:
    """Every rule, put to every number of the run that it is about."""
    made = []
    for rule, find in RULES:
        found = list(find(run))
        made.append(Check(rule, len(found), tuple(text for holds, text in found if not holds)))
    return tuple(made)


def alarms(run: Run) -> list[str]:
    """What breaks a rule, in words."""
    return [f"{check.rule}: {text}" for check in checks(run) for text in check.broken]


def _throughput(run: Run) -> Findings:
    for group, result in run.rows():
        step, images = result.summary("step"), result.summary("images")
        if step and images:
            product, batch = rounded(step.centre) * rounded(images.centre), group.workload.batch_size
            holds = abs(product / batch - 1) <= 2 * ROUNDED
            yield holds, f"{_name(group, result)}: {product:.4g} is not {batch}"


def rounded(value: float) -> float:
    """As a table shows it, in three significant digits."""
    return float(f"{value:.3g}")


def _parts(run: Run) -> Findings:
    for where, m in _measurements(run):
        costs = m.costs
        yield m.first_call_s <= startup_s(m), f"{where}: the first call takes longer than the start it is part of"
        if costs and costs.trace_s is not None:
            yield costs.trace_s <= m.first_call_s, f"{where}: tracing takes longer than the first call it is part of"
        if costs and costs.profile:
            within = costs.profile.executing_s <= costs.profile.wall_s * (1 + CLOCKS)
            yield within, f"{where}: ops were executed for longer than the steps took"
        if costs and (cores := m.environment.cores):
            within = costs.cpu_s <= cores * sum(m.steady.seconds) * (1 + CLOCKS) + 0.02
            yield within, f"{where}: more CPU time than {cores} cores have"
        if costs and costs.structure and costs.structure.fusions is not None and costs.structure.hlo_optimised:
            within = costs.structure.fusions <= costs.structure.hlo_optimised
            yield within, f"{where}: more fusions than instructions"


def _steps(run: Run) -> Findings:
    for where, m in _measurements(run):
        counted, asked = m.proof.updates, m.proof.updates_expected
        yield counted == asked, f"{where}: {counted} updates of the weights where {asked} steps were asked for"
    for group in run.groups:
        reference = {m.block: m for m in group.baseline.measurements}
        for result in group.cases[1:]:
            for m in (m for m in result.measurements if m.block in reference):
                base = reference[m.block]
                holds = _alike(m, base)
                if holds or not _far_slower(m, base):
                    yield holds, f"{_name(group, result)}, block {m.block}: other slices than the baseline's"


def _alike(own: Measurement, base: Measurement) -> bool:
    """Whether there are as many slices as the baseline's, and as long."""
    steps = own.steady.steps_per_slice, base.steady.steps_per_slice
    return _whole_calls(*steps, own.case.steps_per_call) and len(own.steady.seconds) == len(base.steady.seconds)


def _whole_calls(own: int, base: int, per_call: int) -> bool:
    """Whether slices are as long as the baseline's, rounded up to whole calls."""
    return own == base or (per_call > 0 and own == -(-base // per_call) * per_call)


def _far_slower(own: Measurement, base: Measurement) -> bool:
    """Whether a step or a slice takes so many times the baseline's that the case is spared some (slow.py).

    That is decided by the first steps, so slices are let off that turned out half as slow.
    """
    step = step_s(own) / step_s(base)
    slice_ = statistics.median(own.steady.seconds) / statistics.median(base.steady.seconds)
    return max(step, slice_) >= SLOW / 2


def _rates(run: Run) -> Findings:
    for group, result in run.rows():
        rate, peak = spending.rate_flops_per_s(group, result), spending.peak_flops_per_s(group)
        if rate and peak:
            yield rate <= peak, f"{_name(group, result)}: {rate / peak:.0%} of the fastest matrix product"


def _compiles(run: Run) -> Findings:
    """No trace was counted in the clock, and no slice lasts as long as one with a compilation in it would."""
    for where, m in _measurements(run):
        yield m.proof.traces_while_timing == 0, f"{where}: traced {m.proof.traces_while_timing} times in the clock"
        usual = sorted(m.steady.seconds)[len(m.steady.seconds) // 2] if m.steady.seconds else 0.0
        compiling = m.first_call_s - usual / m.steady.steps_per_slice
        if m.proof.execution.xla_compilations and compiling > usual:
            holds = max(m.steady.seconds) < usual + compiling
            yield holds, f"{where}: a slice of {max(m.steady.seconds):.3g} s, long enough for a compilation"


def _more_work(run: Run) -> Findings:
    """Along a sweep over batch sizes, in each mode, no step at a larger batch is shorter beyond doubt."""
    for family in families(run, BATCH_SIZES):
        for arm, line in family.lines.items():
            sizes = sorted(line)
            for small, large in pairwise(sizes):
                less, more = (line[size][1].summary("step") for size in (small, large))
                if less and more and less.low and more.high:
                    text = f"{family.title}, {family.titles[arm]}: a step at batch {large} is shorter than at {small}"
                    yield more.high >= less.low, text


def _measurements(run: Run) -> Iterator[tuple[str, Measurement]]:
    for group, result in run.rows():
        for m in result.measurements:
            yield f"{_name(group, result)}, block {m.block}", m


def _name(group: GroupResult, result: CaseResult) -> str:
    return f"{group.title}, {result.title}"


RULES: tuple[tuple[str, Callable[[Run], Findings]], ...] = (
    ("images/s × time of a step = batch size, as printed", _throughput),
    ("a part is no larger than its whole", _parts),
    ("every case took the steps it was asked for, as many as its baseline, far slower ones aside", _steps),
    ("no case computes faster than the device's fastest matrix product", _rates),
    ("no warmed-up timing holds a trace or a compilation", _compiles),
    ("a larger batch takes no shorter step", _more_work),
)
