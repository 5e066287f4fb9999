"""The questions on steps on a GPU: asked where one is in the plan, answered from made-up measurements."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import a_case, a_costs, a_group, a_measurement, a_plan, outcomes
from two_devices import BOTH, a_device_run, a_run_without_its_gpu, on_gpu

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.case import Case
from bench.records.costs import Profile
from bench.records.devices import Placed, Placement
from bench.records.run import Measurement, Outcome
from bench.report import questions
from bench.report.questions import gpu
from bench.report.questions.asking import Known

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.0125}


def asked(question: Callable[[Known], object], run: Run) -> str:
    return question(Known(run)).text  # type: ignore[attr-defined,no-any-return]


def bent(run: Run, change: Callable[[Measurement], Measurement]) -> Run:
    changed = [Outcome(measurement=change(o.measurement)) if o.measurement else o for o in run.outcomes]
    return analyse(run.plan, changed)


def a_gpu_run(step_s: Callable[[Case], float], *changes: dict[str, object], profile: Profile | None = None) -> Run:
    """eager, tf.function and XLA on a GPU, once for each set of changes of the workload."""
    modes = ("eager", "function", "xla")
    cases = [replace(a_case(c.mode, c.again, **each), device="gpu") for each in changes for c in a_group(modes)]
    plan, records = a_plan(tuple(cases)), []
    for block in range(6):
        for number, case in enumerate(cases):
            measured = on_gpu(a_measurement(case, block, step_s(case) * (1 + 0.002 * ((block + number) % 3))))
            costs = replace(measured.costs or a_costs(case.mode), profile=profile)
            records.append(Outcome(measurement=replace(measured, costs=costs)))
    return analyse(plan, records)


def test_they_are_asked_of_runs_with_a_gpu_alone() -> None:
    on_cpu = analyse(a_plan(), outcomes(a_plan(), STEPS))
    assert not {*gpu.GPU_QUESTIONS} & {*questions.asked_of(on_cpu)}
    for run in (a_device_run(*BOTH, gains={64: 4.0}), a_run_without_its_gpu()):
        assert questions.asked_of(run) == questions.QUESTIONS


def test_a_gpu_that_was_not_there_answers_nothing_and_says_what_to_type() -> None:
    for question in gpu.GPU_QUESTIONS:
        answer = question(Known(a_run_without_its_gpu()))
        assert answer.cannot
        assert "--devices gpu" in answer.text


def test_ops_on_the_cpu_are_named_and_so_is_what_moved_for_them() -> None:
    run = a_device_run(*BOTH, gains={64: 4.0})
    text = asked(gpu.ops_on_cpu, run)
    assert text.startswith("None: every computing op of eager and tf.function ran on the GPU.")
    assert "Moved in a step: eager: int32 index: CPU:0 to GPU:0" in text

    def astray(m: Measurement) -> Measurement:
        placed = Placement((Placed("GPU:0", 70), Placed("CPU:0", 2, ("2 x Softmax",))))
        return replace(m, proof=replace(m.proof, placement=placed)) if m.case.device == "gpu" else m

    text = asked(gpu.ops_on_cpu, bent(run, astray))
    assert "**tf.function**: 2 of its ops ran on CPU:0: 2 x Softmax" in text
    assert text.endswith("Nothing moves between devices in a step.")


def test_moving_a_batch_stands_beside_the_fastest_step() -> None:
    text = asked(gpu.moving, a_device_run(*BOTH, gains={64: 4.0}))
    assert text.startswith("0.250 ms for a batch of 64: 4% of the step of tf.function, the fastest (6.2")


def piped(slower: float, executing_s: float) -> Run:
    def step_s(case: Case) -> float:
        return STEPS[case.arm] * (slower if case.workload.input == "pipeline" else 1.0)

    return a_gpu_run(step_s, {}, {"input": "pipeline"}, profile=Profile(5, 0.2, executing_s, 5, True))


@pytest.mark.parametrize(
    ("slower", "executing_s", "said"),
    [
        (1.5, 0.12, "Yes: **XLA** from the pipeline 1.50x slower"),
        (1.0, 0.19, "No sign of it: **XLA** from the pipeline 1.00x"),
        (1.5, 0.19, "No sign of it: **XLA** from the pipeline 1.50x slower"),  # the GPU was busy all along
    ],
)
def test_a_gpu_is_starved_where_the_pipeline_is_slower_and_the_gpu_waits(
    slower: float, executing_s: float, said: str
) -> None:
    text = asked(gpu.starved, piped(slower, executing_s))
    assert said in text
    assert f"the GPU had nothing to do for {1 - executing_s / 0.2:.0%} of the time" in text


def test_of_the_first_step_tracing_is_told_apart_from_the_rest() -> None:
    text = asked(gpu.first_step, a_device_run(*BOTH, gains={64: 4.0}))
    assert "**tf.function**: 0.500 s, as long as 80 later steps; 0.500 s of it is tracing; 0 s is left" in text
    assert "**eager**: 0.300 s" in text


def test_xla_and_dtypes_are_compared_on_the_gpu_alone() -> None:
    def step_s(case: Case) -> float:
        return STEPS[case.arm] / {"float32": 1.0, "tf32": 2.0, "mixed_bfloat16": 4.0}[case.workload.precision]

    run = a_gpu_run(step_s, {}, {"precision": "tf32"}, {"precision": "mixed_bfloat16"})
    assert "It helps: **XLA** 2.00x" in asked(gpu.xla, run)
    text = asked(gpu.dtypes, run)
    assert "**eager** vs float32 (50.1 ms a step): tf32 2.00x" in text
    assert "mixed_bfloat16 4.00x" in text
    assert "mixed_float16" not in text


def test_joules_are_told_with_interval_idle_power_and_the_least_first() -> None:
    def frugal(m: Measurement) -> Measurement:
        if m.case.mode == "eager" or not m.costs or not m.costs.energy:
            return m
        return replace(m, costs=replace(m.costs, energy=replace(m.costs.energy, energy_steps=800)))

    text = asked(gpu.joules, bent(a_device_run(*BOTH, gains={64: 4.0}), frugal))
    assert text.startswith("**tf.function** 1.26 [1.25, 1.27] J (0.762 above idle, 252 W, idle 100 W); **eager** 2.52")
