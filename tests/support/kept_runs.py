"""Runs of three modes in folders, for what compares runs: each with blocks that began when the test says."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from builders import ENVIRONMENT, a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.comparable import NamedRun
from bench.records.environment import Environment
from bench.records.run import Failure, Outcome, Plan
from bench.records.store import Store

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.048}


PLAN = a_plan(a_group(("eager", "function", "xla")))


def a_run(
    folder: Path,
    steps: dict[str, float] = STEPS,
    blocks: int = 6,
    environment: Environment = ENVIRONMENT,
    first_s: float | None = None,
    plan: Plan = PLAN,
    failures: Sequence[Failure] = (),
    **changes: object,
) -> Path:
    """A run; with `first_s`, its blocks began then and every minute after. What failed has no measurement."""
    store, failed = Store.create(folder, plan), {(failure.case, failure.block) for failure in failures}
    for failure in failures:
        store.keep(Outcome(failure=failure))
    for outcome in outcomes(plan, steps, blocks):
        if (outcome.case, outcome.block) in failed:
            continue
        assert outcome.measurement
        at = None if first_s is None else first_s + 60 * outcome.block
        there = replace(environment, at=at)
        store.keep(replace(outcome, measurement=replace(outcome.measurement, environment=there, **changes)))  # type: ignore[arg-type]
    store.close()
    return folder


def named(folder: Path) -> NamedRun:
    store = Store.open(folder)
    return NamedRun(folder.name, analyse(store.plan, store.outcomes()))
