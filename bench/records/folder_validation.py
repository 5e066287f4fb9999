"""The checks on the records beside a run's before they are used: trainings, accuracy runs, self-tests, break-evens."""

import re
from itertools import pairwise

from bench.records.breakeven import TriedBreakEvens
from bench.records.fleet import MACHINE_NAME, FleetPlan
from bench.records.run import STAGES
from bench.records.selftest import SelfTest
from bench.records.training import AccuracyPlan, Broken, Point, Training, TrainingFiles, TrainingProgress
from bench.records.validation import plan_fault, record_fault

MODE = re.compile(r"[A-Za-z0-9_]+")  # it becomes the name of a folder


def fault_of(record: object) -> str:
    """Why a record that was read cannot be used, or nothing."""
    if fault := record_fault(record):
        return fault
    match record:
        case Training():
            return _training_fault(record)
        case TrainingProgress():
            return _progress_fault(record.points)
        case TrainingFiles():
            parts: tuple[object, ...] = (record.training, record.progress, record.broken)
            return next(filter(None, map(fault_of, parts)), "")
        case AccuracyPlan():
            return _accuracy_fault(record)
        case FleetPlan():
            return _fleet_fault(record) or plan_fault(record.plan)
        case SelfTest():
            return _selftest_fault(record)
        case TriedBreakEvens():
            return _break_evens_fault(record)
        case Broken():
            return "" if record.message else "it gives no reason"
    return ""


def _training_fault(training: Training) -> str:
    if not MODE.fullmatch(training.mode):
        return f"{training.mode!r} is not a mode"
    if training.machine and not re.fullmatch(MACHINE_NAME, training.machine):
        return f"{training.machine!r} is not a machine's name"
    if training.training_steps < 1 or training.display_step < 1:
        return f"it shows every {training.display_step} of {training.training_steps} steps"
    return ""


def _progress_fault(points: tuple[Point, ...]) -> str:
    """Displayed steps go up, and so does the time; first steps are part of it."""
    for before, after in pairwise(points):
        if after.step <= before.step or after.seconds < before.seconds:
            return f"step {after.step} at {after.seconds:g} s follows step {before.step} at {before.seconds:g} s"
    for point in points:
        if point.step < 1 or not point.seconds > 0 or point.first_call_s > point.seconds:
            return f"step {point.step} took {point.seconds:g} s, {point.first_call_s:g} s of them first steps"
    return ""


def _accuracy_fault(plan: AccuracyPlan) -> str:
    if not plan.modes or not plan.seeds:
        return "it has no modes or no seeds"
    if unknown := [mode for mode in plan.modes if not MODE.fullmatch(mode)]:
        return f"{unknown[0]!r} is not a mode"
    if len(set(plan.modes)) < len(plan.modes) or len(set(plan.seeds)) < len(plan.seeds):
        return "it has a mode or a seed twice"
    if not (0 < plan.target < 1 and 0 < plan.margin < 1):
        return f"its target is {plan.target:g}, its margin {plan.margin:g}"
    return _training_fault(plan.training)


def _fleet_fault(fleet: FleetPlan) -> str:
    names = fleet.machines
    if not names or len(set(names)) < len(names):
        return "it has no machines, or one twice"
    odd = [name for name in names if not re.fullmatch(MACHINE_NAME, name)]
    return f"{odd[0]!r} is not a machine's name" if odd else ""


def _selftest_fault(selftest: SelfTest) -> str:
    if any(len(each.slices_s) != len(each.loops_s) or not each.slices_s for each in selftest.harness):
        return "slices without loops"
    return ""


def _break_evens_fault(tried: TriedBreakEvens) -> str:
    stages = [failure.stage for failure in tried.failures if failure.stage not in STAGES]
    return f"'{stages[0]}' is not a stage of a case" if stages else ""
