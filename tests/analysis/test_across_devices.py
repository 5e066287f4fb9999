"""The same mode across devices: its speedups, where one device overtakes the other, work that is not equal."""

from dataclasses import replace

import pytest
from builders import a_plan, an_evidence
from two_devices import BOTH, REASON, a_device_run, a_run_without_its_gpu, cases, measured

from bench.analysis.across_devices import compare_devices, device_sweeps
from bench.analysis.analyse import analyse
from bench.records.devices import Placed, Placement
from bench.records.proof import GradientSketch
from bench.records.run import NOT_AVAILABLE, Failure, Outcome


def test_each_mode_is_compared_with_itself_on_the_other_device() -> None:
    found = compare_devices(a_device_run(*BOTH, gains={64: 4.0}))
    assert [(each.title, each.devices) for each in found] == [
        ("eager", ("the CPU", "the GPU")),
        ("tf.function", ("the CPU", "the GPU")),
    ]
    assert [each.comparison.verdict.value for each in found] == ["FASTER", "FASTER"]
    assert found[1].comparison.ratio
    assert found[1].comparison.ratio.centre == pytest.approx(4.0, rel=0.01)


def test_a_gain_of_a_mode_stays_against_the_baseline_on_its_own_device() -> None:
    run = a_device_run(*BOTH, gains={64: 4.0})
    ratios = [
        result.comparison.ratio.centre for _, result in run.rows() if result.comparison and result.comparison.ratio
    ]
    assert ratios == pytest.approx([2.0, 2.0], rel=0.01)


def test_a_gpu_is_held_against_every_setting_of_the_cpu_and_threads_alone_against_the_first() -> None:
    run = a_device_run(("cpu", 1), ("cpu", 2), ("gpu", 0), gains={64: 4.0})
    assert [each.devices for each in compare_devices(run) if each.title == "eager"] == [
        ("the CPU with 1 thread", "the GPU"),
        ("the CPU with 2 threads", "the GPU"),
    ]
    (threads,) = [
        each for each in compare_devices(a_device_run(("cpu", 1), ("cpu", 2), gains={64: 1.0})) if each.title == "eager"
    ]
    assert threads.devices == ("the CPU with 1 thread", "the CPU with 2 threads")
    assert threads.comparison.ratio
    assert threads.comparison.ratio.centre == pytest.approx(2.0, rel=0.01)


def test_the_gpu_overtakes_the_cpu_between_two_certain_batch_sizes() -> None:
    run = a_device_run(*BOTH, gains={8: 0.5, 64: 2.0, 512: 6.0})
    (crossing,) = device_sweeps(compare_devices(run))[1].crossings
    assert (crossing.ahead, crossing.behind, crossing.low.size, crossing.high.size) == ("the GPU", "the CPU", 8, 64)
    assert crossing.about == pytest.approx(22.6, rel=0.02)
    assert crossing.certain


def test_a_cpu_that_overtakes_is_told_from_a_gpu_that_does() -> None:
    (crossing,) = device_sweeps(compare_devices(a_device_run(*BOTH, gains={8: 2.0, 64: 0.5})))[0].crossings
    assert (crossing.ahead, crossing.behind) == ("the CPU", "the GPU")
    assert crossing.low.ratio.centre < 1 < crossing.high.ratio.centre


def test_other_work_on_the_other_device_is_no_comparison() -> None:
    plan = a_plan(cases(*BOTH))
    strange = an_evidence(gradients=(GradientSketch("kernel", 1.0, (0.9, -0.9)),))
    records = [
        Outcome(measurement=replace(o.measurement, evidence=strange)) if o.measurement and o.case.device == "gpu" else o
        for o in measured(plan, {64: 4.0})
    ]
    first, *_ = compare_devices(analyse(plan, records))
    assert first.comparison.verdict.value == "INVALID"
    assert "its first gradient of kernel differs" in first.comparison.reason
    assert first.comparison.ratio is None


def test_a_device_is_missed_where_it_was_asked_for_by_number_or_was_the_only_one() -> None:
    assert not a_run_without_its_gpu().failed
    assert a_run_without_its_gpu(needed=("gpu",)).failed
    plan = a_plan(cases(("gpu", 0)))
    alone = analyse(plan, [Outcome(failure=Failure(case, 0, NOT_AVAILABLE, REASON)) for case in plan.cases])
    assert alone.failed


def test_throttled_slices_stay_in_every_number() -> None:
    run = a_device_run(*BOTH, gains={64: 4.0})
    (gpu,) = [r for _, r in run.rows() if (r.case.device, r.case.arm) == ("gpu", "function")]
    assert sum(len(m.steady.seconds) for m in gpu.measurements) == 18
    assert gpu.valid


def test_a_step_that_left_the_card_is_invalid() -> None:
    plan = a_plan(cases(*BOTH))
    astray = Placement((Placed("GPU:0", 80), Placed("CPU:0", 1, ("Softmax",))))
    records = [
        Outcome(measurement=replace(m, proof=replace(m.proof, placement=astray)))
        if (m := o.measurement) and (o.case.device, o.case.mode, o.block) == ("gpu", "function", 0)
        else o
        for o in measured(plan, {64: 4.0})
    ]
    _, function = compare_devices(analyse(plan, records))
    assert function.other.invalid == ("1 of its ops ran on CPU:0: Softmax",)
    assert function.comparison.ratio is None
