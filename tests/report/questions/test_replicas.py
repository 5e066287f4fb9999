"""Does a second GPU pay? Why is my MirroredStrategy slower?"""

import re
from dataclasses import replace

from replica_runs import a_run

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.report.questions.asking import Known
from bench.report.questions.replicas import mirrored_slower, second_gpu

STEPS = {"mirrored-r1": 0.032, "mirrored-r2": 0.04}


def on_gpu(run: Run) -> Run:
    def moved(outcome):  # type: ignore[no-untyped-def]
        measurement = outcome.measurement
        devices = tuple(name.replace("CPU", "GPU") for name in measurement.proof.execution.devices)
        execution = replace(measurement.proof.execution, devices=devices)
        proof = replace(measurement.proof, execution=execution)
        case = replace(measurement.case, device="gpu")
        return replace(outcome, measurement=replace(measurement, case=case, proof=proof))

    plan = replace(run.plan, cases=tuple(replace(case, device="gpu") for case in run.plan.cases))
    return analyse(plan, [moved(outcome) for outcome in run.outcomes])


def test_a_run_on_cpus_cannot_say_whether_a_second_gpu_pays() -> None:
    answer = second_gpu(Known(a_run(STEPS)))
    assert answer.cannot
    assert "replicas on the CPUs of one machine say nothing about GPUs" in answer.text
    assert "--modes function,mirrored" in answer.text
    assert "--devices gpu --replicas 2" in answer.text


def test_a_second_gpu_pays_or_does_not_by_the_runs_own_verdict() -> None:
    faster = second_gpu(Known(on_gpu(a_run({"mirrored-r1": 0.04, "mirrored-r2": 0.025}))))
    assert faster.text.startswith("- Yes: **MirroredStrategy, 2 replicas**: 1.60x")
    slower = second_gpu(Known(on_gpu(a_run(STEPS))))
    assert slower.text.startswith("- No, it is slower: ")


def test_with_as_large_a_batch_for_each_gpu_weak_scaling_is_told_too() -> None:
    run = on_gpu(a_run({"mirrored-r1": 0.04, "mirrored-r2": 0.025}, batch_sizes=(32, 64)))
    text = second_gpu(Known(run)).text
    assert re.search(
        r"keeps 160 % \[1\d\d, 1\d\d\] of the speed of one \(batch 64 in all\): a step was not shown", text
    )
    run = on_gpu(a_run({"mirrored-r1": 0.04, "mirrored-r2": 0.06}, batch_sizes=(32, 64)))
    assert "(batch 64 in all): a step takes longer." in second_gpu(Known(run)).text


def test_why_mirrored_is_slower_names_the_strategys_price_the_share_and_the_all_reduce() -> None:
    text = mirrored_slower(Known(a_run(STEPS))).text
    assert text.startswith("The strategy alone, with one replica, is 1.07x slower [")
    assert "vs tf.function." in text
    assert "each replica computes on 32 images only" in text
    assert "averaging takes 10 ms of a step" in text
    assert "all replicas share the cores of one machine" in text


def test_causes_are_named_only_of_what_was_found_to_be_slower() -> None:
    text = mirrored_slower(Known(a_run({"mirrored-r1": 0.032, "mirrored-r2": 0.025}))).text
    assert "It was not found to be slower (FASTER)." in text
    assert "auses:" not in text


def test_without_mirrored_it_says_what_to_type() -> None:
    answer = mirrored_slower(Known(a_run({})))
    assert answer.cannot
    assert "--modes function,mirrored" in answer.text
    assert "--replicas 2" in answer.text
