"""What a record must obey before its numbers are used: no damaged number reaches the arithmetic.

Every number is finite, and not negative unless it may be by its nature; a slice took time; lists that belong together
are equally long; words are known.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from bench.records.case import Case
from bench.records.choices import INPUTS, PRECISIONS
from bench.records.run import STAGES, Measurement, Outcome, Plan, Samples

MOST = 1e18  # of anything: bytes, operations, nanoseconds of a lifetime
SLICE_S = (1e-9, 1e9)  # the clock counts nanoseconds; 30 years
SIGNED = ("last_loss", "first_losses", "projections", "temperature_c")  # all else counts something
KEY = re.compile(r"[A-Za-z0-9_.-]+")
DEVICE = re.compile(r"cpu|gpu(:\d+)?")


def plan_fault(plan: Plan) -> str:
    """Why a plan cannot be used, or nothing."""
    keys = [case.key for case in plan.cases]
    schedule = plan.schedule
    if not keys or len(keys) > len(set(keys)):
        return "it holds a case twice" if keys else "it holds no case"
    if schedule.blocks < 1 or schedule.rounds < 1 or schedule.slice_s <= 0:
        return "its schedule measures nothing"
    faults = (*map(_case_fault, plan.cases), *_number_faults(plan))
    return next(filter(None, faults), "")


def outcome_fault(outcome: Outcome, plan: Plan) -> str:
    """Why an outcome contradicts its plan or itself, or nothing."""
    if outcome.measurement and outcome.failure:
        return "holds a measurement and a failure"
    if outcome.case not in plan.cases:
        return f"{outcome.case.key} is no case of the plan"
    if not 0 <= outcome.block < plan.schedule.most_blocks:
        return f"block {outcome.block} is not one of the plan's {plan.schedule.most_blocks}"
    if outcome.failure and outcome.failure.stage not in STAGES:
        return f"'{outcome.failure.stage}' is no stage of a case"
    faults = (*_measurement_faults(outcome.measurement), *_number_faults(outcome.record))
    return next(filter(None, faults), "")


def _measurement_faults(measurement: Measurement | None) -> Iterator[str]:
    for samples in (measurement.warmup, measurement.steady) if measurement else ():
        rounds = range(len(samples.seconds)) if samples.rounds is None else samples.rounds
        if len(rounds) != len(samples.seconds) or len(set(rounds)) < len(rounds):
            yield f"{len(samples.seconds)} slices do not fit {len(set(rounds))} rounds"
    if measurement:
        yield _slices_fault(measurement.steady)


def _case_fault(case: Case) -> str:
    if not KEY.fullmatch(case.key):
        return f"the key {case.key!r} holds other characters than letters, digits, '_', '.' and '-'"
    if not DEVICE.fullmatch(case.device):
        return f"{case.device!r} is no device"
    if case.workload.batch_size < 1:
        return f"{case.key} has a batch of {case.workload.batch_size}"
    words = ((case.workload.precision, PRECISIONS), (case.workload.input, INPUTS))
    return next((f"{word!r} is unknown" for word, known in words if word not in {row.name for row in known}), "")


def _slices_fault(steady: Samples) -> str:
    """A very slow case has no warm-up steps, so only the slices must have taken time."""
    if not steady.seconds or steady.steps_per_slice < 1:
        return f"a slice of {steady.steps_per_slice} steps" if steady.seconds else "it holds no slice"
    bad = [seconds for seconds in steady.seconds if not SLICE_S[0] <= seconds <= SLICE_S[1]]
    return f"a slice of {bad[0]!r} s" if bad else ""


def _number_faults(record: object) -> Iterator[str]:
    """A sentence for each number, at any depth, that is not finite, is negative where it counts, or beyond reason."""
    for name, number in _numbers(record, ""):
        if not math.isfinite(number) or abs(number) > MOST or (number < 0 and name not in SIGNED):
            yield f"{name} is {number!r}"


def _numbers(value: object, name: str) -> Iterator[tuple[str, float]]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _numbers(getattr(value, field.name), field.name)
    elif isinstance(value, tuple):
        for item in value:
            yield from _numbers(item, name)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield name, value
