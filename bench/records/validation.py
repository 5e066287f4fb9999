"""The checks on a record before its numbers are used: no damaged number reaches the arithmetic.

Every number is finite, and not negative unless it may be by its nature; a slice took time; lists that belong together
are equally long; words are known.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from itertools import chain

from bench.records.case import Case
from bench.records.choices import DTYPES, INPUTS, TASKS
from bench.records.run import STAGES, Measurement, Outcome, Plan, Samples
from bench.records.settings import SETTINGS

MOST = 1e18  # of anything that is counted: bytes, operations, nanoseconds of a lifetime
MOST_OF_A_LOSS = 1e39  # float32 ends at 3.4e38
LOSSES = (
    *("last_loss", "first_losses", "moved_losses", "far_loss", "projections", "norm", "noise", "far_noise"),
    *("lengths", "averages", "off", "along", "moment"),
)
AS_LARGE = (*LOSSES, "learning_rate")  # also as large as float32 holds
SIGNED = (*LOSSES, "temperature_c", "hyperparameters")  # all else counts something
SHORTEST_S = 1e-9  # the clock counts nanoseconds
LEAST = {  # of what is divided by, or whose logarithm is taken
    **dict.fromkeys(("first_call_s", "wall_s", "once_s", "window_s", "stretch_s"), SHORTEST_S),
    **dict.fromkeys(("baseline_s", "candidate_s", "slices_s", "loops_s", "step_s"), SHORTEST_S),
    **dict.fromkeys(("steps", "energy_steps", "cores", "batch_size", "peak_memory_bytes", "matmul_flops_per_s"), 1),
}
LONGEST_S = 1e9  # 30 years
SHARES = ("accuracy", "test_accuracy", "share", "target", "margin")  # of the whole: at most 1
KEY = re.compile(r"[A-Za-z0-9_.-]+")
DEVICE = re.compile(r"cpu|gpu(:\d+)?")


def plan_fault(plan: Plan) -> str:
    """Why a plan cannot be used, or nothing."""
    keys = [case.key for case in plan.cases]
    schedule = plan.schedule
    if not keys or len(keys) > len(set(keys)):
        return "it holds a case twice" if keys else "it holds no case"
    if schedule.blocks < 1 or schedule.rounds < 1 or schedule.slice_s < 0:
        return "its schedule measures nothing"
    if schedule.goal is not None and not 0 < schedule.goal < 1:
        return f"its goal is {schedule.goal!r:.40}"
    return record_fault(plan)


def outcome_fault(outcome: Outcome, planned: Mapping[str, Case], most_blocks: int) -> str:
    """Why an outcome contradicts its plan (the cases by key, the blocks there may be) or itself, or nothing."""
    if outcome.measurement and outcome.failure:
        return "holds a measurement and a failure"
    if planned.get(outcome.case.key) != outcome.case:
        return f"{outcome.case.key} is not a case of the plan"
    if not 0 <= outcome.block < most_blocks:
        return f"block {outcome.block} is not one of the plan's {most_blocks}"
    if outcome.failure and outcome.failure.stage not in STAGES:
        return f"'{outcome.failure.stage}' is not a stage of a case"
    return next(filter(None, _measurement_faults(outcome.measurement)), record_fault(outcome.record))


def record_fault(record: object) -> str:
    """Why a record of any kind cannot be: a case that no run has, or a number; or nothing."""
    return next(chain(filter(None, map(_case_fault, _cases(record))), number_faults(record)), "")


def _cases(value: object) -> Iterator[Case]:
    if isinstance(value, Case):
        yield value
    elif isinstance(value, tuple):
        yield from chain.from_iterable(map(_cases, value))
    elif is_dataclass(value):
        yield from chain.from_iterable(_cases(getattr(value, field.name)) for field in fields(value))


def _measurement_faults(measurement: Measurement | None) -> Iterator[str]:
    if measurement is None:
        return
    for samples in (measurement.warmup, measurement.steady):
        rounds = range(len(samples.seconds)) if samples.rounds is None else samples.rounds
        if len(rounds) != len(samples.seconds) or len(set(rounds)) < len(rounds):
            yield f"{len(samples.seconds)} slices do not fit {len(set(rounds))} rounds"
    yield _slices_fault(measurement.steady)
    evidence = measurement.evidence
    directed = {bool(sketch.projections) for sketch in evidence.gradients}  # once a run, of all
    if not evidence.first_losses or len(directed) != 1:
        yield "its evidence of equal work is empty"
    if evidence.computes_in not in ("", *(row.name for row in DTYPES)):
        yield f"{evidence.computes_in!r} is unknown"
    yield from _weights_faults(measurement)
    if measurement.costs and 0 < measurement.costs.cpu_s < SHORTEST_S:
        yield f"cpu_s is {measurement.costs.cpu_s!r}"


def _weights_faults(measurement: Measurement) -> Iterator[str]:
    """Where another number of weights is described than in the first gradients."""
    evidence, proof = measurement.evidence, measurement.proof
    weights = len(evidence.gradients)
    found = {f"{r.updates} updates": len(r.lengths) for r in (*proof.reached, *filter(None, [evidence.moved]))}
    if proof.late:
        found["a late update"] = len(proof.late.gradients)
    yield from (f"after {when} it has {n} weights, not {weights}" for when, n in found.items() if n != weights)


def _case_fault(case: Case) -> str:
    if not KEY.fullmatch(case.key):
        return f"the key {case.key!r} holds other characters than letters, digits, '_', '.' and '-'"
    if not DEVICE.fullmatch(case.device):
        return f"{case.device!r} is not a device"
    if case.steps_each < 1:
        return f"{case.key} takes {case.steps_each} steps for each"
    if case.workload.batch_size < 1:
        return f"{case.key} has a batch of {case.workload.batch_size}"
    if case.setting and case.setting not in {each.name for each in SETTINGS}:
        return f"the setting {case.setting!r} is unknown"
    words = ((case.workload.precision, DTYPES), (case.workload.input, INPUTS), (case.workload.task, TASKS))
    return next((f"{word!r} is unknown" for word, known in words if word not in {row.name for row in known}), "")


def _slices_fault(steady: Samples) -> str:
    """A very slow case has no warm-up steps, so only the slices must have taken time."""
    if not steady.seconds or steady.steps_per_slice < 1:
        return f"a slice of {steady.steps_per_slice} steps" if steady.seconds else "it holds no slice"
    bad = [seconds for seconds in steady.seconds if not SHORTEST_S <= seconds <= LONGEST_S]
    return f"a slice of {bad[0]!r} s" if bad else ""


def number_faults(record: object) -> Iterator[str]:
    """A sentence for each number, at any depth, that is not finite, is less than it can be, or beyond reason."""
    for name, number in _numbers(record, ""):
        most = _most(name)
        least = -most if name in SIGNED else LEAST.get(name, 0)
        if not least <= number <= most:  # false of NaN too
            yield f"{name} is {number!r:.40}"


def _most(name: str) -> float:
    if name in AS_LARGE:
        return MOST_OF_A_LOSS
    if name in SHARES:
        return 1.0
    return LONGEST_S if name.endswith("_s") and not name.endswith("_per_s") else MOST


def _numbers(value: object, name: str) -> Iterator[tuple[str, float]]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name), field.name)
    elif isinstance(value, tuple):
        for item in value:
            yield from _numbers(item, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value
