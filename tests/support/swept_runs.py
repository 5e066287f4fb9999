"""Runs over batch sizes whose modes' speedups over eager are known at each size."""

from dataclasses import replace

from builders import a_group, a_plan, outcomes

from bench.records.case import Case
from bench.records.run import Outcome, Plan

EAGER = {8: 0.01, 64: 0.02, 512: 0.08}


TWICE = {8: 2.0, 64: 2.0, 512: 2.0}


def a_sweep(speeds: dict[str, dict[int, float]], blocks: int = 6, **fixed: object) -> tuple[Plan, list[Outcome]]:
    """A plan over batch sizes and its outcomes, with the speedup of each mode over eager at each size."""
    cases: list[Case] = []
    records: list[Outcome] = []
    for size in next(iter(speeds.values())):
        workload = replace(a_group()[0].workload, batch_size=size, **fixed)  # type: ignore[arg-type]
        group = tuple(replace(case, workload=workload) for case in a_group(("eager", *speeds)))
        steps = {"eager": EAGER[size], "eager-again": EAGER[size]}
        steps |= {mode: EAGER[size] / by_size[size] for mode, by_size in speeds.items()}
        records += outcomes(a_plan(group), steps, blocks)
        cases += group
    return a_plan(tuple(cases)), records
