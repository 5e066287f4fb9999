"""The same mode across devices: ratios, the crossing over batch sizes, what the card did, a GPU that is not there."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import A_READING, EXECUTIONS, a_costs, a_gpu_log, a_group, a_measurement, a_plan, an_evidence

from bench.analysis.across_devices import compare_devices, device_sweeps
from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.case import Case
from bench.records.devices import Placed, Placement, Reading, Synced
from bench.records.proof import GradientSketch, Proof
from bench.records.run import NOT_AVAILABLE, Failure, Measurement, Outcome, Plan
from bench.records.store import Store
from bench.report import run as report
from bench.report.sections import devices, failures, headline, steady

MODES = ("eager", "function")
CPU_S = {8: 0.01, 64: 0.05, 512: 0.3}  # a step of eager; tf.function takes half of it
REASON = "TensorFlow sees no GPU"


def cases(*places: tuple[str, int], sizes: tuple[int, ...] = (64,)) -> tuple[Case, ...]:
    return tuple(
        replace(case, device=device, threads=threads, workload=replace(case.workload, batch_size=size))
        for size in sizes
        for device, threads in places
        for case in a_group(MODES)
    )


def a_step_s(case: Case, gains: Mapping[int, float]) -> float:
    size = case.workload.batch_size
    on_cpu = CPU_S[size] * (0.5 if case.mode == "function" else 1.0)
    return on_cpu / gains[size] if case.device != "cpu" else on_cpu / max(1, case.threads)


def on_gpu(measurement: Measurement) -> Measurement:
    """As measured on a GPU: where it lay, what waiting and moving took, what the card did."""
    proof = Proof(replace(EXECUTIONS[measurement.case.mode], devices=("GPU:0",)), 0, 13, 13)
    if measurement.block == 0:
        moved = ("int32 index: CPU:0 to GPU:0",)
        proof = replace(proof, placement=Placement((Placed("GPU:0", 80),), moved))
    costs = a_costs(measurement.case.mode, synced=Synced(0.01, 2e-5, 0.015))
    copied = replace(costs, batch_copy_s=2.5e-4 if measurement.case.again else None)
    held_down = replace(A_READING, throttled=("power cap",), sm_mhz=1500)
    return replace(measurement, proof=proof, costs=copied, card=a_gpu_log(A_READING, A_READING, held_down))


def measured(plan: Plan, gains: Mapping[int, float], blocks: int = 6) -> list[Outcome]:
    found = []
    for block in range(blocks):
        for number, case in enumerate(plan.cases):
            step_s = a_step_s(case, gains) * (1 + 0.002 * ((block + number) % 3))
            measurement = a_measurement(case, block, step_s)
            found.append(Outcome(measurement=on_gpu(measurement) if case.device != "cpu" else measurement))
    return found


def a_run(*places: tuple[str, int], gains: Mapping[int, float], blocks: int = 6) -> Run:
    plan = a_plan(cases(*places, sizes=tuple(gains)))
    return analyse(plan, measured(plan, gains, blocks))


BOTH = (("cpu", 0), ("gpu", 0))


def not_available(needed: tuple[str, ...] = ()) -> Run:
    plan = a_plan(cases(*BOTH), needed=needed)
    records = [outcome for outcome in measured(plan, {64: 1.0}) if outcome.case.device == "cpu"]
    absent = [Outcome(failure=Failure(c, 0, NOT_AVAILABLE, REASON)) for c in plan.cases if c.device == "gpu"]
    return analyse(plan, records + absent)


def test_each_mode_is_compared_with_itself_on_the_other_device() -> None:
    found = compare_devices(a_run(*BOTH, gains={64: 4.0}))
    assert [(each.title, each.devices) for each in found] == [
        ("eager", ("the CPU", "the GPU")),
        ("tf.function", ("the CPU", "the GPU")),
    ]
    assert [each.comparison.verdict.value for each in found] == ["FASTER", "FASTER"]
    assert found[1].comparison.ratio
    assert found[1].comparison.ratio.centre == pytest.approx(4.0, rel=0.01)


def test_a_gain_of_a_mode_stays_against_the_baseline_on_its_own_device() -> None:
    run = a_run(*BOTH, gains={64: 4.0})
    ratios = [
        result.comparison.ratio.centre for _, result in run.rows() if result.comparison and result.comparison.ratio
    ]
    assert ratios == pytest.approx([2.0, 2.0], rel=0.01)


def test_a_gpu_is_held_against_every_setting_of_the_cpu_and_threads_alone_against_the_first() -> None:
    run = a_run(("cpu", 1), ("cpu", 2), ("gpu", 0), gains={64: 4.0})
    assert [each.devices for each in compare_devices(run) if each.title == "eager"] == [
        ("the CPU with 1 thread", "the GPU"),
        ("the CPU with 2 threads", "the GPU"),
    ]
    (threads,) = [
        each for each in compare_devices(a_run(("cpu", 1), ("cpu", 2), gains={64: 1.0})) if each.title == "eager"
    ]
    assert threads.devices == ("the CPU with 1 thread", "the CPU with 2 threads")
    assert threads.comparison.ratio
    assert threads.comparison.ratio.centre == pytest.approx(2.0, rel=0.01)


def test_the_gpu_overtakes_the_cpu_between_two_certain_batch_sizes() -> None:
    run = a_run(*BOTH, gains={8: 0.5, 64: 2.0, 512: 6.0})
    (crossing,) = device_sweeps(compare_devices(run))[1].crossings
    assert (crossing.ahead, crossing.behind, crossing.low.size, crossing.high.size) == ("the GPU", "the CPU", 8, 64)
    assert crossing.about == pytest.approx(22.6, rel=0.02)
    assert crossing.certain
    (_, said) = devices.sentences(run)
    assert said.startswith(
        "tutorial_cnn, float32, tf.function: **the GPU overtakes the CPU between batch 8 and 64 (about batch 23)**; at "
    )
    assert "x [" in said


def test_a_cpu_that_overtakes_is_told_from_a_gpu_that_does() -> None:
    (crossing,) = device_sweeps(compare_devices(a_run(*BOTH, gains={8: 2.0, 64: 0.5})))[0].crossings
    assert (crossing.ahead, crossing.behind) == ("the CPU", "the GPU")
    assert crossing.low.ratio.centre < 1 < crossing.high.ratio.centre


def test_without_a_crossing_it_is_said_who_is_ahead_all_along() -> None:
    said = devices.sentences(a_run(*BOTH, gains={8: 2.0, 64: 3.0, 512: 6.0}))
    assert "eager: **the GPU is faster than the CPU** at every batch size measured (8, 64, 512); at 8 2.00x" in said[0]
    even = devices.sentences(a_run(*BOTH, gains={8: 1.0, 64: 1.0}))
    assert "neither the CPU nor the GPU is ahead with certainty at any batch size measured (8, 64);" in even[0]
    one_end = devices.sentences(a_run(*BOTH, gains={8: 1.0, 64: 3.0}))
    assert "**the GPU is faster than the CPU**, with certainty at batch 64 of 8, 64 measured;" in one_end[0]


def test_one_batch_size_has_its_ratio_with_interval() -> None:
    said = devices.sentences(a_run(*BOTH, gains={64: 4.0}))
    assert said[1].startswith("tutorial_cnn, float32, tf.function, batch 64: **on the GPU 4.0")
    assert said[1].endswith("as fast as on the CPU**.")


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


def test_a_gpu_that_is_not_there_reads_not_available_and_nothing_else_suffers() -> None:
    run = not_available()
    cells = [(row["group"], row["verdict"]) for row in steady.table(run).rows]
    assert [verdict for group, verdict in cells if str(group).endswith("GPU")] == ["NOT AVAILABLE"] * 3
    assert [verdict for group, verdict in cells if str(group).endswith("CPU")][2] == "FASTER"
    assert failures.lines(run) == []
    assert headline.sentences(run)[-1] == f"**GPU NOT AVAILABLE**: {REASON}"
    assert devices.sentences(run) == ["the GPU against the CPU: NOT AVAILABLE."]


def test_a_device_is_missed_where_it_was_asked_for_by_number_or_was_the_only_one() -> None:
    assert not not_available().failed
    assert not_available(needed=("gpu",)).failed
    plan = a_plan(cases(("gpu", 0)))
    alone = analyse(plan, [Outcome(failure=Failure(case, 0, NOT_AVAILABLE, REASON)) for case in plan.cases])
    assert alone.failed


def built(folder: Path, run: Run) -> str:
    store = Store.create(folder, run.plan)
    for outcome in run.outcomes:
        store.keep(outcome)
    return report.build(store).path.read_text()


def test_the_section_tells_what_the_card_did(tmp_path: Path) -> None:
    text = built(tmp_path, a_run(*BOTH, gains={64: 4.0}))
    section = text.split("## Devices (synthetic images)")[1].split("\n## ")[0]
    card = pd.read_csv(tmp_path / "tables" / "card.csv")
    assert set(card["throttled"]) == {"6 of 18 (power cap)"}
    assert set(card["sm_mhz"]) == {"1,980 (1,500 to 1,980)"}
    assert set(card["temperature_c"]) == {"35 to 61"}
    assert "| GPU:0 80 | int32 index: CPU:0 to GPU:0 |" in section
    moving = pd.read_csv(tmp_path / "tables" / "moving.csv")
    assert moving[["size", "title"]].to_numpy().tolist() == [[64, "tf.function"]]
    assert moving["share"][0] == pytest.approx(2.5e-4 / 0.00625, rel=0.01)
    waiting = pd.read_csv(tmp_path / "tables" / "waiting.csv")
    assert waiting["dearer"].tolist() == pytest.approx([1.5, 1.5])
    assert "the card's clocks were held down in 6 of 18 slices (power cap)" in text


def test_throttled_slices_stay_in_every_number() -> None:
    run = a_run(*BOTH, gains={64: 4.0})
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


def test_a_run_on_one_device_has_no_such_section(tmp_path: Path) -> None:
    assert "## Devices" not in built(tmp_path, a_run(("cpu", 0), gains={64: 1.0}))


def test_what_nvml_did_not_tell_is_a_dash(tmp_path: Path) -> None:
    plan = a_plan(cases(*BOTH))
    mute = replace(a_gpu_log(Reading(), Reading()), before=Reading(), name=None)
    records = [
        Outcome(measurement=replace(o.measurement, card=mute)) if o.measurement and o.measurement.card else o
        for o in measured(plan, {64: 4.0})
    ]
    built(tmp_path, analyse(plan, records))
    card = pd.read_csv(tmp_path / "tables" / "card.csv")
    assert set(card["sm_mhz"]) == set(card["power_w"]) == set(card["temperature_c"]) == {"–"}
    assert set(card["card"]) == {"unknown, driver 580.1"}
