"""What a benchmark test shows of a case: the slices to the bit, and plain values beside them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import a_group, a_measurement, a_plan, a_point, a_training, an_accuracy_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.learning import read_learning
from bench.analysis.results import Run
from bench.commands.pytest_session import narrowed
from bench.records.files import write
from bench.records.folders import create_accuracy, create_training, training_folder
from bench.records.proof import Execution, Proof
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, Accuracy, Failure, Measurement, Outcome, Samples
from bench.records.training import TrainingProgress
from bench.report.pytest_benchmark.names import DEVICES, views
from bench.report.pytest_benchmark.samples import SCHEMA, CaseSamples, SamplesClock, case_samples, samples

STEPS = {"eager": 0.05, "eager-again": 0.051, "function": 0.02, "xla": 0.07}
PLAN = a_plan(a_group(("eager", "function", "xla")))
FUNCTION = "test_function[tutorial_cnn-b64-cpu]"


def a_run(records: list[Outcome] | None = None, **changes: Any) -> Run:
    return analyse(PLAN, outcomes(PLAN, STEPS, **changes) if records is None else records)


def one(run: Run, mode: str = "function") -> CaseSamples:
    return case_samples(run)[f"test_{mode}[tutorial_cnn-b64-cpu]"]


def without(mode: str, *instead: Outcome, blocks: tuple[int, ...] = tuple(range(6))) -> list[Outcome]:
    """The usual outcomes, but for one mode in some blocks."""
    kept = [o for o in outcomes(PLAN, STEPS) if o.case.mode != mode or o.block not in blocks]
    return [*kept, *instead]


def failure(mode: str, stage: str, message: str, block: int = 0) -> Outcome:
    (case,) = [case for case in PLAN.cases if case.mode == mode and not case.again]
    return Outcome(failure=Failure(case, block, stage, message))


def test_the_clock_gives_each_slice_back_to_the_bit_and_no_more() -> None:
    slices = [0.1 + 0.2, 1e-9, 3.3333333333333335]
    clock = SamplesClock()
    clock.load(slices)
    readings = [clock() for _ in range(6)]
    assert [end - start for start, end in zip(readings[::2], readings[1::2], strict=True)] == slices
    with pytest.raises(StopIteration):
        clock()
    assert clock.__name__ == "replay_clock"


def test_every_slice_is_shown_in_the_order_it_was_taken() -> None:
    slices = [(0.5, 0.1, 9.0), (0.3, 0.2, 0.1)]  # an outlier is a slice as well
    case = PLAN.cases[2]
    measured = [a_measurement(case, block, steady=Samples(seconds, 2)) for block, seconds in enumerate(slices)]
    assert samples(measured) == ((0.5, 0.1, 9.0, 0.3, 0.2, 0.1), 2)


def test_slices_of_different_lengths_are_shown_by_the_step() -> None:
    slices = [Samples((8.0, 6.0), 2), Samples((3.0,), 1)]
    measured = [a_measurement(PLAN.cases[3], block, steady=steady) for block, steady in enumerate(slices)]
    assert samples(measured) == ((4.0, 3.0, 3.0), 1)


def test_extra_info_says_how_many_times_as_fast_and_how_sure_that_is() -> None:
    info = one(a_run()).extra_info
    assert info["baseline"] == "eager"
    assert info["times_as_fast"] == pytest.approx(2.5, rel=0.01)
    low, high = info["times_as_fast_low"], info["times_as_fast_high"]
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < info["times_as_fast"] < high
    assert (info["verdict"], info["times_as_fast_blocks"]) == ("FASTER", 6)
    assert info["over_time_low"] < low < high < info["over_time_high"]
    assert info["aa_difference"] == pytest.approx(1 / 1.02 - 1, abs=0.005)
    assert info["aa_difference_low"] < info["aa_difference"] < info["aa_difference_high"]
    baseline = one(a_run(), "eager").extra_info
    assert (baseline["verdict"], baseline["times_as_fast"]) == ("baseline", None)


def test_extra_info_carries_what_else_is_known() -> None:
    learned = Accuracy(0.25, 1000, 19)
    info = one(a_run(accuracy_after=learned, first_call_s=0.5)).extra_info
    wanted = {
        "schema": SCHEMA, "mode": "function", "device": "cpu", "data": "synthetic", "seed": 0, "traces": 1,
        "traces_while_timing": 0, "updates": 13, "loss": 1.5, "accuracy": None, "accuracy_after_timing": 0.25,
        "accuracy_after_updates": 19, "peak_memory_bytes": 700 * 2**20, "block": [0, 1, 2, 3, 4, 5],
        "slices_of_block": [3] * 6, "created": PLAN.created,
    }  # fmt: skip
    assert {key: info[key] for key in wanted} == wanted
    assert info["first_call_s"] == pytest.approx(0.5)
    assert str(info["measured_by"]).startswith("cifar-bench")


def test_extra_info_holds_only_what_json_can_hold() -> None:
    for case in case_samples(a_run(accuracy_after=Accuracy(float("nan"), 1000, 19))).values():
        assert json.loads(json.dumps(case.extra_info, allow_nan=False)) == case.extra_info
        assert {type(value) for value in case.extra_info.values()} <= {str, int, float, list, type(None)}
        assert case.extra_info["accuracy_after_timing"] is None


def test_trainings_beside_the_run_give_the_modes_mean_accuracy_of_the_same_model(tmp_path: Path) -> None:
    made = replace(an_accuracy_plan(("eager", "function"), seeds=2), training=a_training("eager"))
    create_accuracy(tmp_path, made)
    for mode, seed, share in [("eager", 0, 0.5), ("eager", 1, 0.6), ("function", 0, 0.7), ("function", 1, 0.8)]:
        folder = training_folder(tmp_path, mode, seed)
        create_training(folder, made.of(mode, seed))
        write(folder / "points.json", TrainingProgress(1, 0.1, (a_point(300, test_accuracy=share),)))
    learning, run = read_learning(tmp_path), a_run()
    found = {case.view.case.mode: case.extra_info["accuracy"] for case in case_samples(run, learning).values()}
    assert found == {"eager": pytest.approx(0.55), "function": pytest.approx(0.75), "xla": None}
    other = replace(learning, plan=replace(made, training=replace(made.training, model="mlp")))
    assert case_samples(run, other)[FUNCTION].extra_info["accuracy"] is None


def assert_fails(case: CaseSamples, reason: str) -> None:
    assert reason in case.failed
    assert (case.seconds, case.extra_info, case.skipped) == ((), {}, "")


def test_a_case_that_does_other_work_fails_and_has_no_numbers() -> None:
    unequal = failure("function", "equal work", "it starts from other weights than the baseline")
    run = a_run(without("function", unequal))
    assert_fails(one(run), "INVALID: it starts from other weights")
    assert one(run, "xla").seconds


def test_a_case_that_is_not_what_its_name_says_fails() -> None:
    retraced = [
        replace(o, measurement=replace(o.measurement, proof=Proof(Execution(2, 166, 0, None, ("CPU:0",)), 1, 13, 13)))
        for o in outcomes(PLAN, STEPS)
        if o.case.mode == "function" and isinstance(o.measurement, Measurement)
    ]
    assert_fails(one(a_run(without("function", *retraced))), "INVALID: it retraced 1 times while timed")


def test_a_case_that_broke_in_one_block_fails_whatever_the_others_gave() -> None:
    broken = replace(failure("xla", "slice", "died of SIGSEGV", 3).failure, stderr_tail="core dumped\n")  # type: ignore[type-var]
    run = a_run(without("xla", Outcome(failure=broken), blocks=(3,)))
    assert_fails(one(run, "xla"), "failed in repetition 3 at stage slice: died of SIGSEGV\ncore dumped")


def test_a_place_that_was_measured_alone_is_shown_in_the_test_that_puts_places_side_by_side() -> None:
    eager = a_group(("eager",))
    whole = a_plan((*eager, *(replace(case, threads=2) for case in eager)))
    (beside,) = [view for view in views(whole.cases) if view.file == DEVICES and view.case.threads == 2]
    part = narrowed(whole, [beside.case])
    run = analyse(part, outcomes(part, STEPS))
    assert len(case_samples(run, selected=[beside])[beside.name].seconds) == 18


def test_without_a_baseline_nothing_is_proven_so_nothing_is_case_samples() -> None:
    refused = failure("eager", "open", "no such device")
    run = a_run(without("eager", refused))
    assert_fails(one(run, "eager"), "no such device")
    assert_fails(one(run), "NOT COMPARABLE, so equal work is not proven: the baseline (eager) has no valid measurement")


def test_what_does_not_apply_or_was_not_measured_is_skipped_with_its_reason() -> None:
    inapplicable = failure("xla", NOT_APPLICABLE, "it holds no such model")
    assert one(a_run(without("xla", inapplicable)), "xla").skipped == "NOT APPLICABLE: it holds no such model"
    assert one(a_run([]), "eager").skipped.startswith("not measured yet")
    absent = failure("xla", NOT_AVAILABLE, "TensorFlow sees no GPU")
    assert one(a_run(without("xla", absent)), "xla").skipped == "NOT AVAILABLE: TensorFlow sees no GPU"
