"""What was tried on a best mode: each thing against it, also a dtype in another group; only what is certain helps."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, a_case, a_costs, a_measurement, a_plan, an_evidence

from bench.analysis.advice import helping, tried
from bench.analysis.analyse import analyse
from bench.records.case import Case
from bench.records.run import Outcome
from bench.report import advice

BEST = a_case("function")
OFF = replace(BEST, setting="onednn-off")
TCMALLOC = replace(BEST, setting="tcmalloc")
NARROW = replace(BEST, workload=replace(BEST.workload, precision="mixed_bfloat16"))
CASES = (BEST, replace(BEST, again=True), OFF, TCMALLOC, NARROW, replace(NARROW, again=True))
STEPS_S = {"": 0.030, "onednn-off": 0.051, "tcmalloc": 0.0296}


def measured(cases: Sequence[Case], blocks: int) -> list[Outcome]:
    """bfloat16 takes two thirds of the time, and its losses are 4e-3 apart; the last losses of the others agree."""
    outcomes = []
    for case in cases:
        narrow = case.workload.precision != "float32"
        step_s = STEPS_S[case.setting] / (1.5 if narrow else 1)
        evidence = an_evidence(first_losses=(2.3, 2.2, 2.1, 2.0 * 1.004 if narrow else 2.0, 1.9))
        outcomes += [
            Outcome(measurement=a_measurement(case, block, step_s * (1 + 0.002 * (block % 3)), evidence=evidence))
            for block in range(blocks)
        ]
    return outcomes


def test_each_thing_is_compared_with_the_best_mode_and_its_losses_too() -> None:
    results = {advice.title(each.result): each for each in tried(analyse(a_plan(CASES), measured(CASES, 6)))}
    narrow, off = results["tf.function, mixed_bfloat16"], results["oneDNN off"]
    assert narrow.comparison
    assert narrow.comparison.ratio
    assert narrow.comparison.ratio.centre == pytest.approx(1.5)
    assert narrow.loss_apart == pytest.approx(0.004)
    assert off.comparison
    assert off.comparison.verdict.slower
    assert off.loss_apart == 0


def test_only_what_is_faster_for_certain_is_advised_with_what_to_type() -> None:
    run = analyse(a_plan(CASES), measured(CASES, 6))
    (only,) = advice.conclusion(tried(run), run.groups[0].baseline)
    assert only.startswith("Use tf.function, mixed_bfloat16: 1.50x [")
    assert "set_global_policy('mixed_bfloat16')" in only
    few = analyse(a_plan(CASES), measured(CASES, 3))
    assert helping(tried(few)) == []
    assert advice.conclusion(tried(few), few.groups[0].baseline) == [
        "Nothing that was tried is certain to help. Likely faster: tf.function, mixed_bfloat16; for a claim, measure "
        "again with --repetitions 6."
    ]
    assert advice.conclusion([], few.groups[0].baseline) == [
        "Nothing that was tried is shown to make tf.function faster. Leave it as it is."
    ]


def test_what_was_not_measured_says_so() -> None:
    results = tried(analyse(a_plan(CASES), measured(CASES[:4], 6)))
    assert advice.line(results[-1]) == "tf.function, mixed_bfloat16: not measured (not measured)"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"flags": (("TF_ENABLE_ONEDNN_OPTS", "0"),)}, "without oneDNN: TF_ENABLE_ONEDNN_OPTS=0 switched it off."),
        ({"flags": (("TF_ENABLE_ONEDNN_OPTS", "false"),), "cpu_features": "amx_tile"}, "=false switched it off."),
        ({"cpu_features": "avx2 fma"}, "without oneDNN: on Linux it is off by default on CPUs that have neither"),
        ({"cpu_features": "avx2 fma avx512_vnni"}, ""),
        ({}, ""),
    ],
)
def test_a_run_without_onednn_is_told_so_without_being_asked(changes: dict[str, object], said: str) -> None:
    case, environment = a_case("eager"), replace(ENVIRONMENT, **changes)  # type: ignore[arg-type]
    records = [Outcome(measurement=a_measurement(case, 0, environment=environment))]
    group = analyse(a_plan((case, replace(case, again=True))), records).groups[0]
    told = [text for text in advice.hints(group, group.baseline) if "oneDNN" in text]
    assert len(told) == bool(said)
    assert all(said in text and "`--try onednn`" in text for text in told)


def test_of_xla_neither_onednn_nor_its_own_pools_are_a_hint() -> None:
    case, environment = a_case("xla"), replace(ENVIRONMENT, cpu_features="avx2 fma")
    cases = (case, replace(case, again=True), replace(case, setting="xla-512-bit"))
    costs = a_costs("xla")
    assert costs.operations
    parts = costs.operations.operations
    slower = replace(
        costs.operations,
        cpu_s=costs.operations.cpu_s + 1.0,
        operations=tuple(replace(part, cpu_s=part.cpu_s + ("MaxPool" in part.name)) for part in parts),
    )
    costlier = replace(costs, cpu_s=costs.cpu_s + 1.0, operations=slower)
    records = [
        Outcome(measurement=a_measurement(each, 0, environment=environment, costs=costlier if each.setting else costs))
        for each in cases
    ]
    group = analyse(a_plan(cases), records).groups[0]
    assert [text for text in advice.hints(group, group.baseline) if "XLA" in text or "oneDNN" in text] == []
