"""summary.json: a run's results for other programs, and the form that every command's --json has.

Numbers are numbers, and null where something was not measured.

Keys are added, never renamed, while `schema` is 1. Speedups are above 1 where a case is faster than its baseline;
`this_run` is the interval that more repetitions narrow, `over_time` that of the long-run value on this machine.
Paths are relative to the folder that the file lies in.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bench.analysis import audit
from bench.analysis.learning import Learning
from bench.analysis.quantities import QUANTITIES
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import BreakEven, Summary
from bench.errors import Exit
from bench.records.environment import Environment
from bench.records.run import NO_FAULT
from bench.report.questions.advice import recommended
from bench.report.sections import conditions
from bench.report.sections.cost_columns import times_as_much
from bench.report.sections.steady import verdict_of

NAME = "summary.json"
SCHEMA = 1
PAGES = {"html": "report.html", "markdown": "report.md"}


def text(run: Run, trainings: Learning | None, raw: Sequence[str]) -> str:
    """The file's text. `raw` are the names of the files that hold the measurements."""
    return in_words(document(run, trainings, raw))


def in_words(summary: Mapping[str, Any]) -> str:
    """A document as text, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(summary)).decode() + "\n"


def head(command: str, code: Exit, raw: Sequence[str], paths: Mapping[str, str] = PAGES) -> dict[str, Any]:
    """The fields that every document begins with. `raw`: the files that it was made from."""
    whole = {**paths, "raw": list(raw)}
    return {"schema": SCHEMA, "command": command, "exit_code": int(code), "folder": ".", "paths": whole}


def document(run: Run, trainings: Learning | None, raw: Sequence[str]) -> dict[str, Any]:
    """What the file holds."""
    groups = [group for group in run.groups if group.candidates]
    return {
        **head("run", exit_code(run, trainings), raw, {**PAGES, "plan": "plan.json"}),
        "created": run.plan.created,
        "data": run.plan.data_title,
        "synthetic": run.plan.synthetic,
        "preset": run.plan.schedule.preset,
        "repetitions": run.blocks,
        "environment": _environment(run),
        "recommended": [_recommended(group) for group in groups],
        "cases": [_case(group, r, trainings) for group, r in run.rows() if not r.case.again],
        "aa_controls": [_control(group) for group in groups],
        "warnings": _warnings(run),
    }


def exit_code(run: Run, trainings: Learning | None = None) -> Exit:
    """The exit code of `run`: whether all came through, and is known as precisely as was asked for."""
    if run.failed or (trainings and trainings.failed):
        return Exit.CASE_FAILED
    ratios = [result.comparison.ratio for _, result in run.rows() if result.comparison and result.comparison.ratio]
    wanted = run.plan.schedule.precision
    return Exit.NOT_ENOUGH_EVIDENCE if wanted and any(r.half_width > wanted for r in ratios) else Exit.OK


def _environment(run: Run) -> dict[str, Any] | None:
    measured = next((outcome.measurement for outcome in run.outcomes if outcome.measurement), None)
    return _machine(measured.environment) if measured else None


def _machine(environment: Environment) -> dict[str, Any]:
    names = ("os", "cpu", "cores", "cgroup_quota_cores", "memory_bytes", "gpu", "driver", "python", "tensorflow")
    return {name: getattr(environment, name) for name in (*names, "commit")}


def _recommended(group: GroupResult) -> dict[str, Any]:
    chosen = recommended(group)
    return {
        "group": group.name,
        "title": group.title,
        "mode": chosen.case.mode if chosen else None,
        "verdict": verdict_of(group, chosen)[0] if chosen and chosen is not group.baseline else None,
        "rough": any(r.comparison.rough for r in group.of_one_family if r.comparison) if chosen else None,
        "speedup": _centre(_over_time(chosen)) if chosen else None,
        "break_even_steps": _centre(chosen.break_even.steps) if chosen and chosen.break_even else None,
    }


def _case(group: GroupResult, result: CaseResult, trainings: Learning | None) -> dict[str, Any]:
    case, workload, comparison = result.case, result.case.workload, result.comparison
    verdict, reason = _verdict(group, result)
    return {
        "key": case.key,
        "group": group.name,
        "model": workload.model,
        "batch_size": workload.batch_size,
        "dtype": workload.precision,
        "input": workload.input,
        "device": case.device,
        "threads": case.threads,
        "steps_per_call": case.steps_per_call,
        "replicas": case.replicas,
        "slowdown": case.slowdown,
        "mode": case.mode,
        "title": result.title,
        "baseline": None if result is group.baseline else group.baseline.case.mode,
        "verdict": verdict,
        "reason": reason or None,
        "error": _error(result),
        "p_holm": number(comparison.p) if comparison else None,
        "repetitions": len({measurement.block for measurement in result.measurements}),
        "step_s": interval(result.summary("step")),
        "images_per_s": interval(result.summary("images")),
        "speedup": _speedup(result),
        "costs_vs_baseline": _costs(group, result),
        "startup_s": interval(result.summary("startup")),
        "break_even_steps": _break_even(result.break_even),
        "test_accuracy": _accuracy(result, trainings),
    }


def _costs(group: GroupResult, result: CaseResult) -> dict[str, Any] | None:
    """How many times as much as the baseline it costs, by quantity, over time; None of the baseline."""
    if result is group.baseline:
        return None
    return {of.key: interval(times_as_much(group, result, of)) for of in QUANTITIES}


def _verdict(group: GroupResult, result: CaseResult) -> tuple[str, str]:
    """As tables have it, but a case that failed is said to have, not only that it cannot be compared."""
    if _error(result) and not result.measurements:
        return "FAILED", ""
    return verdict_of(group, result)


def _error(result: CaseResult) -> str | None:
    failures = [each for each in result.failures if each.stage not in NO_FAULT]
    return f"{failures[0].stage}: {failures[0].message}" if failures else None


def _speedup(result: CaseResult) -> dict[str, Any] | None:
    if not (result.comparison and (this_run := result.comparison.ratio)):
        return None
    second = _over_time(result)
    return {"value": number(this_run.centre), "this_run": _ends(this_run), "over_time": _ends(second)}


def _over_time(result: CaseResult) -> Summary | None:
    return (result.comparison and (result.comparison.over_time or result.comparison.ratio)) or None


def _break_even(even: BreakEven | None) -> dict[str, Any] | None:
    if even is None:
        return None
    return {**(interval(even.steps) or {"value": None, "low": None, "high": None}), "text": even.text or None}


def _accuracy(result: CaseResult, trainings: Learning | None) -> dict[str, Any] | None:
    """Of the trainings beside the run, where they are of the case's model."""
    if trainings is None or trainings.plan.training.model != result.case.workload.model:
        return None
    learned = next((mode for mode in trainings.modes if mode.mode == result.case.mode), None)
    if learned is None or learned.mean is None:
        return None
    difference = learned.difference
    return {
        "value": number(learned.mean),
        "seeds": len(learned.finals),
        "steps": trainings.plan.training.training_steps,
        "difference": number(difference.mean) if difference else None,
        "low": number(difference.low) if difference else None,
        "high": number(difference.high) if difference else None,
        "same": difference.same if difference else None,
    }


def _control(group: GroupResult) -> dict[str, Any]:
    return {"group": group.name, **(interval(group.control_ratio) or {"value": None, "low": None, "high": None})}


def _warnings(run: Run) -> list[dict[str, Any]]:
    of_cases = [
        {"group": group.name, "mode": result.case.mode, "text": text}
        for group, result in run.rows()
        for text in (*(result.comparison.warnings if result.comparison else ()), *result.warnings)
        if not result.case.again
    ]
    of_the_run = [
        *(f"left out: {line.text}" for line in run.left_out),
        *conditions.of_machine(run),
        *(f"audit: {alarm}" for alarm in audit.alarms(run)),
    ]
    return [*({"group": None, "mode": None, "text": text} for text in of_the_run), *of_cases]


def interval(summary: Summary | None) -> dict[str, float | None] | None:
    """A value with the ends of its interval."""
    if summary is None:
        return None
    return {"value": number(summary.centre), "low": number(summary.low), "high": number(summary.high)}


def _ends(summary: Summary | None) -> list[float] | None:
    if summary is None or summary.low is None or summary.high is None:
        return None
    return [summary.low, summary.high]


def _centre(summary: Summary | None) -> float | None:
    return number(summary.centre) if summary else None


def number(value: float | None) -> float | None:
    """JSON has no infinity."""
    return value if value is not None and math.isfinite(value) else None
