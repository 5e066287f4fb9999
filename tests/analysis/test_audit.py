"""The audit: numbers of a sound run hold, and each rule finds the number that was bent against it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import a_case, a_costs, a_group, a_measurement, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.audit import RULES, alarms, checks
from bench.analysis.results import Run
from bench.records.run import Measurement, Outcome, Samples

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06}
COUNTED = {m: a_costs(m, cpu_s=0.2) for m in ("eager", "graph", "function", "xla")}
Bend = Callable[[Measurement], Measurement]


def a_run(bend: Bend = lambda m: m) -> Run:
    return analyse(a_plan(), records(bend))


def records(bend: Bend = lambda m: m) -> list[Outcome]:
    """Every case with its costs, each measurement as `bend` leaves it."""
    counted = [replace(o.measurement, costs=COUNTED[o.case.mode]) for o in outcomes(a_plan(), STEPS) if o.measurement]
    return [Outcome(measurement=bend(m)) for m in counted]


def of_function(bend: Bend) -> Bend:
    return lambda m: bend(m) if m.case.mode == "function" else m


def with_costs(m: Measurement, **changes: object) -> Measurement:
    assert m.costs
    return replace(m, costs=replace(m.costs, **changes))  # type: ignore[arg-type]


def test_a_sound_run_passes_every_rule_that_it_has_numbers_for() -> None:
    found = checks(a_run())
    assert [check.rule for check in found] == [rule for rule, _ in RULES]
    assert [check.broken for check in found] == [()] * len(RULES)
    assert [check.numbers > 0 for check in found] == [True, True, True, True, True, False]


@pytest.mark.parametrize(
    ("bend", "said"),
    [
        (lambda m: with_costs(m, trace_s=9.0), "tracing takes longer than the first step"),
        (lambda m: with_costs(m, cpu_s=60.0), "more CPU time than 2 cores have"),
        (lambda m: with_costs(m, profile=replace(m.costs.profile, executing_s=0.5)), "ops were executed for longer"),
        (
            lambda m: with_costs(m, structure=replace(m.costs.structure, hlo_optimised=5, fusions=6)),
            "more fusions than instructions",
        ),
        (lambda m: replace(m, build_s=-1.0), "longer than the start-up it is part of"),
        (lambda m: replace(m, steady=Samples((0.1,), 2)), "other slices than the baseline's"),
        (lambda m: replace(m, proof=replace(m.proof, updates=12)), "12 updates of the weights where 13 steps"),
        (lambda m: replace(m, proof=replace(m.proof, traces_while_timing=2)), "traced 2 times while timed"),
        (lambda m: replace(m, steady=Samples((1e-4, 1e-4, 1e-4), 2)), "of the fastest matrix product"),
    ],
)
def test_a_bent_number_breaks_its_rule(bend: Bend, said: str) -> None:
    found = alarms(a_run(of_function(bend)))
    assert [text for text in found if said in text and "tf.function" in text]


def test_a_slice_as_long_as_a_compilation_is_found() -> None:
    def bend(m: Measurement) -> Measurement:
        return replace(m, steady=Samples((0.1, 0.1, 2.7), 2)) if m.case.mode == "xla" else m

    assert any("a slice of 2.7 s, long enough for a compilation" in text for text in alarms(a_run(bend)))


def test_a_shorter_step_at_a_larger_batch_is_found_where_it_is_beyond_doubt() -> None:
    plan = a_plan((*a_group(), *(a_case(c.mode, c.again, batch_size=512) for c in a_group())))
    for larger, broken in ((0.01, 4), (0.0251, 2), (0.2, 0)):
        found = [o for o in outcomes(plan, STEPS) if o.case.workload.batch_size == 64]
        found += [o for o in outcomes(plan, dict.fromkeys(STEPS, larger)) if o.case.workload.batch_size == 512]
        check = checks(analyse(plan, found))[-1]
        assert (check.numbers, len(check.broken)) == (4, broken)


def test_a_far_slower_case_with_its_shorter_slices_breaks_nothing() -> None:
    def bend(m: Measurement) -> Measurement:
        return replace(m, steady=Samples((0.5, 0.5), 1, (0, 2))) if m.case.mode == "xla" else m

    assert [text for text in alarms(a_run(bend)) if "slices" in text] == []


def test_a_measurement_without_costs_has_fewer_numbers_and_no_alarm() -> None:
    run = analyse(a_plan(), [Outcome(measurement=a_measurement(case, block)) for case in a_group() for block in (0, 1)])
    assert alarms(run) == []
