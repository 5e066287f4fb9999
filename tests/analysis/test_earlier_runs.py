"""Which earlier runs speak of a comparison's spread, and what a plan keeps of them."""

from dataclasses import replace

import pytest
from builders import ENVIRONMENT, a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.earlier_runs import spreads_for
from bench.analysis.results import Run
from bench.records.environment import Environment
from bench.records.run import Outcome

PLAN = a_plan(a_group(("eager", "function", "function_loop")))
STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "function_loop": 0.024}


def a_run(number: int, gain: float, environment: Environment = ENVIRONMENT, every_s: float = 1500.0) -> Run:
    at = 1e9 + every_s * number
    records = outcomes(PLAN, {**STEPS, "function": 0.025 / gain}, environment=replace(environment, at=at))
    return analyse(PLAN, records)


GAINS = (1.0, 1.02, 0.99, 1.01, 0.98, 1.015)
RUNS = [a_run(number, gain) for number, gain in enumerate(GAINS)]


def test_six_runs_over_two_hours_give_each_comparison_a_spread_of_its_own() -> None:
    function, loop = spreads_for(PLAN, ENVIRONMENT, RUNS)
    baseline, _, *candidates = PLAN.cases
    assert [(each.baseline, each.candidate) for each in (function, loop)] == [(baseline.key, c.key) for c in candidates]
    assert (function.spread.runs, function.spread.nu) == (6, 5.0)
    assert 0.012 < function.spread.tau < 0.018
    assert loop.spread.tau == pytest.approx(0.003)  # it never differed: the floor


def test_other_images_and_seeds_are_the_same_comparison_and_other_machines_or_versions_are_not() -> None:
    other_seed = replace(PLAN.cases[0].workload, seed=7, data="cifar10")
    elsewhere = replace(PLAN, cases=tuple(replace(case, workload=other_seed) for case in PLAN.cases))
    assert len(spreads_for(elsewhere, ENVIRONMENT, RUNS)) == 2
    for changed in ({"cpu": "another"}, {"tensorflow": "2.22.0"}, {"cores": 4}):
        assert spreads_for(PLAN, replace(ENVIRONMENT, **changed), RUNS) == ()  # type: ignore[arg-type]
    other_batch = replace(PLAN.cases[0].workload, batch_size=32)
    smaller = replace(PLAN, cases=tuple(replace(case, workload=other_batch) for case in PLAN.cases))
    assert spreads_for(smaller, ENVIRONMENT, RUNS) == ()


def test_a_cpu_of_the_same_name_with_other_instructions_is_another_machine() -> None:
    runs = [a_run(n, gain, replace(ENVIRONMENT, cpu_features="avx2")) for n, gain in enumerate(GAINS)]
    assert len(spreads_for(PLAN, replace(ENVIRONMENT, cpu_features="avx2"), runs)) == 2
    assert spreads_for(PLAN, replace(ENVIRONMENT, cpu_features="avx2 avx512_vnni"), runs) == ()
    assert len(spreads_for(PLAN, ENVIRONMENT, runs)) == 2  # older runs do not hold them


def test_runs_that_were_interleaved_or_of_one_block_or_without_a_time_count_for_nothing() -> None:
    assert spreads_for(PLAN, ENVIRONMENT, [a_run(n, gain, every_s=60.0) for n, gain in enumerate(GAINS)]) == ()
    short = [replace(run, outcomes=()) for run in RUNS]
    assert len(spreads_for(PLAN, ENVIRONMENT, short)) == 2  # the results are read, not the outcomes
    single = [analyse(PLAN, [o for o in run.outcomes if o.block == 0]) for run in RUNS]
    assert spreads_for(PLAN, ENVIRONMENT, single) == ()
    timeless: list[list[Outcome]] = [outcomes(PLAN, STEPS) for _ in RUNS]
    assert spreads_for(PLAN, ENVIRONMENT, [analyse(PLAN, records) for records in timeless]) == ()
