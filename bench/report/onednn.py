"""Whether TensorFlow executed oneDNN's kernels in a run: two CPUs that go by the same name can differ in it."""

from collections.abc import Sequence

from bench.analysis.operations import onednn_executed
from bench.analysis.results import GroupResult
from bench.modes import row
from bench.records.environment import ONEDNN_VARIABLE, Environment

_BY_DEFAULT = "on Linux it is off by default on CPUs that have neither VNNI nor bfloat16 instructions"


def off(groups: Sequence[GroupResult]) -> str:
    """'TensorFlow ran without oneDNN: ...' and why; '' where it ran with it, on no CPU, or nothing tells."""
    found = next((environment for group in groups if (environment := _without(group))), None)
    return f"TensorFlow ran without oneDNN: {_switched_off(found) or _BY_DEFAULT}." if found else ""


def condition(groups: Sequence[GroupResult]) -> str:
    """'on', 'off: ...' and why, or 'unknown'."""
    if all(_used(group) is None for group in groups):
        return "unknown"
    reason = off(groups).partition(": ")[2].rstrip(".")
    return f"off: {reason}" if reason else "on"


def _without(group: GroupResult) -> Environment | None:
    return _environment(group) if _used(group) is False else None


def _used(group: GroupResult) -> bool | None:
    """By the environment; where an older run does not say, by the kernels that a profile shows. On a CPU only."""
    if not any(result.case.device == "cpu" and not row(result.case.mode).peer for result in group.cases):
        return None
    environment = _environment(group)
    known = environment.onednn if environment else None
    return onednn_executed(group) if known is None else known


def _environment(group: GroupResult) -> Environment | None:
    return next((m.environment for result in group.cases for m in result.measurements), None)


def _switched_off(environment: Environment) -> str:
    asked = dict(environment.flags).get(ONEDNN_VARIABLE)
    return f"{ONEDNN_VARIABLE}={asked} switched it off" if asked else ""
