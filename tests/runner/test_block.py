"""A block of real processes with fake trainers: what is kept when all goes well, and when it does not."""

import os
import signal
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_group, an_evidence
from children import running
from places import SUPPORT
from waiting import LATE_S

from bench.analysis.stats.ratios import block_ratio
from bench.records.messages import Order
from bench.records.proof import Evidence
from bench.records.run import NOT_APPLICABLE, Failure, Measurement, Outcome
from bench.runner import block, worker_process
from bench.runner.block import Block
from bench.runner.warm_up import TIMINGS
from bench.worker.trained import SETTLING_STEPS
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))
ARMS = ["eager", "eager-again", "graph", "function", "xla"]


def run_block(
    *faults: str, time_limit_s: float = LATE_S, rounds: int = SCHEDULE.rounds
) -> dict[str, Measurement | Failure]:
    kept: list[Outcome] = []
    schedule = replace(SCHEDULE, time_limit_s=time_limit_s, rounds=rounds)
    orders = [Order(case, 0, schedule, ENVIRONMENT, SYNTHETIC) for case in a_group()]
    Block(orders, 0, lambda outcome, _: kept.append(outcome), lambda text, share: None).run((*FAKE, *faults))
    return {outcome.case.arm: outcome.record for outcome in kept}


def failure(outcomes: dict[str, Measurement | Failure], arm: str) -> Failure:
    assert [name for name, record in outcomes.items() if isinstance(record, Failure)] == [arm]
    assert sorted(outcomes) == sorted(ARMS)
    record = outcomes[arm]
    assert isinstance(record, Failure)
    return record


def test_every_case_is_measured_in_the_same_rounds_for_as_long() -> None:
    outcomes = run_block()
    assert sorted(outcomes) == sorted(ARMS)
    for arm, record in outcomes.items():
        assert isinstance(record, Measurement)
        steps = (
            3 if arm.startswith("eager") else 6
        )  # the least that a slice has, at 0.02 s a step; the others take half
        assert record.steady.rounds == (0, 1, 2)
        assert record.steady.steps_per_slice == record.schedule.steps_per_slice == steps
        assert record.steady.seconds == pytest.approx((0.06,) * 3, rel=0.01)
        assert record.proof.updates == record.proof.updates_expected == 5 + TIMINGS + SETTLING_STEPS + 3 * steps
        assert record.elapsed_s


def test_the_steps_that_an_earlier_block_has_settled_are_taken_after_a_shorter_warm_up() -> None:
    kept: list[Outcome] = []
    ordered = [replace(order, schedule=replace(order.schedule, steps_per_slice=4)) for order in orders()]
    Block(ordered, 0, lambda outcome, _: kept.append(outcome), lambda *_: None).run(FAKE)
    measured = [outcome.measurement for outcome in kept if outcome.measurement]
    assert [m.steady.steps_per_slice for m in measured] == [4] * 3
    assert [m.warmup.steps_per_slice for m in measured] == [SCHEDULE.warmup_steps] * 3


@pytest.mark.parametrize(("fault", "rounds"), [((), 6), (("function=uneven",), 24)])
def test_a_noisy_block_goes_on_for_more_rounds_and_says_how_many(fault: tuple[str, ...], rounds: int) -> None:
    kept: list[Outcome] = []
    Block(orders(rounds=6, rounds_by_noise=True), 0, lambda outcome, _: kept.append(outcome), lambda *_: None).run(
        (*FAKE, *fault)
    )
    measured = [outcome.measurement for outcome in kept if outcome.measurement]
    assert [len(m.steady.seconds) for m in measured] == [rounds] * 3
    assert {(m.schedule.rounds, m.schedule.rounds_by_noise) for m in measured} == {(rounds, False)}


@pytest.mark.parametrize(("closing", "rounds"), [(block.CLOSING, 24), (1e6, 6)])
def test_more_rounds_leave_room_for_the_blocks_end_below_the_ceiling(
    closing: float, rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three blocks in ten minutes: an end that takes far longer than the build leaves no time for more rounds."""
    monkeypatch.setattr(block, "CLOSING", closing)
    kept: list[Outcome] = []
    ordered = orders(rounds=6, rounds_by_noise=True, blocks=3, goal=0.1, ceiling_s=600.0)
    Block(ordered, 0, lambda outcome, _: kept.append(outcome), lambda *_: None).run((*FAKE, "function=uneven"))
    assert [len(m.steady.seconds) for outcome in kept if (m := outcome.measurement)] == [rounds] * 3


def test_after_a_runs_first_block_gradients_are_not_projected() -> None:
    again = with_noise(noise=measured_noise())
    assert {g.projections for r in again.values() if isinstance(r, Measurement) for g in r.evidence.gradients} == {()}


def test_the_baseline_and_its_control_measure_the_rounding_noise_and_no_other_case_does() -> None:
    """Both, so that nothing but chance makes the two differ."""
    measured = {
        arm: record.evidence.gradients[0].noise is not None and len(record.evidence.moved_losses) == 5
        for arm, record in run_block().items()
        if isinstance(record, Measurement)
    }
    assert measured == {arm: arm in ("eager", "eager-again") for arm in ARMS}


def with_noise(*faults: str, noise: Evidence | None) -> dict[str, Measurement | Failure]:
    """A block of a run in which the noise was measured before."""
    kept: list[Outcome] = []
    orders = [Order(case, 1, SCHEDULE, ENVIRONMENT, SYNTHETIC) for case in a_group()]
    Block(orders, 0, lambda outcome, _: kept.append(outcome), lambda *_: None, noise=noise).run((*FAKE, *faults))
    return {outcome.case.arm: outcome.record for outcome in kept}


def measured_noise() -> Evidence:
    first = run_block()["eager"]
    assert isinstance(first, Measurement)
    return first.evidence


def test_noise_that_another_block_has_measured_is_not_measured_again_and_still_counts() -> None:
    noise = measured_noise()
    again = with_noise("graph=scaled", noise=noise)
    measured = [r.evidence.moved_losses for r in again.values() if isinstance(r, Measurement)]
    assert measured == [()] * 4
    refused, unmeasured = again["graph"], with_noise("graph=scaled", noise=an_evidence())["graph"]
    assert isinstance(refused, Failure)
    assert "rounding units" in refused.message
    assert isinstance(unmeasured, Failure)
    assert "rounding units" not in unmeasured.message  # by its own length, as without any noise


def test_a_worker_that_raises_is_one_failure_with_its_traceback() -> None:
    failed = failure(run_block("graph=fail"), "graph")
    assert (failed.stage, failed.message) == ("slice", "injected failure")
    assert "RuntimeError" in failed.stderr_tail


def test_a_worker_that_is_killed_is_one_failure_and_the_others_go_on() -> None:
    failed = failure(run_block("function=die"), "function")
    assert "SIGKILL" in failed.message
    assert "memory" in failed.message


def test_a_worker_that_hangs_is_ended_at_the_time_limit_and_none_outlives_its_block() -> None:
    assert "no answer within 10 s" in failure(run_block("xla=hang", time_limit_s=10.0), "xla").message
    assert running("fake_worker") == []


def test_a_worker_that_cannot_open_its_case_is_one_failure() -> None:
    failed = failure(run_block("xla=refuse"), "xla")
    assert (failed.stage, failed.message) == ("open", "no such device")


def test_a_mode_that_cannot_hold_the_task_is_no_breakdown() -> None:
    failed = failure(run_block("xla=inapplicable"), "xla")
    assert (failed.stage, failed.message) == (NOT_APPLICABLE, "it holds no such model")


def test_a_far_slower_case_takes_shorter_slices_in_fewer_rounds_and_keeps_its_proof() -> None:
    outcomes = run_block("xla=crawl", rounds=9)
    slow, baseline = outcomes["xla"], outcomes["eager"]
    assert isinstance(slow, Measurement)
    assert isinstance(baseline, Measurement)
    assert slow.steady.rounds == (0, 5)
    assert len(baseline.steady.seconds) == 9
    assert slow.proof.updates == slow.proof.updates_expected == 5 + 2  # no warm-up
    assert block_ratio(baseline.steady, slow.steady) == pytest.approx(0.02 / 0.6, rel=0.01)


def test_the_loss_curve_of_a_case_whose_steps_take_seconds_is_cut_short() -> None:
    slow = run_block("xla=creep")["xla"]
    assert isinstance(slow, Measurement)
    assert len(slow.evidence.first_losses) == 3  # the first, and two of 2 s
    assert slow.proof.updates == slow.proof.updates_expected == 3 + 2


def test_a_dead_baseline_does_not_stop_the_others() -> None:
    failure(run_block("eager=fail"), "eager")


def test_other_work_than_the_baselines_is_not_timed() -> None:
    failed = failure(run_block("graph=scaled"), "graph")
    assert failed.stage == "equal work"
    assert "gradient of kernel" in failed.message
    assert failed.slices_s == ()


def test_a_loss_that_turns_nan_while_timed_is_kept_as_not_finite() -> None:
    record = run_block("graph=nan")["graph"]
    assert isinstance(record, Measurement)
    assert record.last_loss is None


def orders(**schedule: Any) -> list[Order]:
    return [
        Order(case, 0, replace(SCHEDULE, **schedule), ENVIRONMENT, SYNTHETIC) for case in a_group(("eager", "function"))
    ]


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_while_an_outcome_is_written_waits_until_it_is(tmp_path: Path) -> None:
    kept: list[Outcome] = []

    def keep(outcome: Outcome, _: bool) -> None:
        if not kept:
            signal.raise_signal(signal.SIGINT)
        kept.append(outcome)

    with pytest.raises(KeyboardInterrupt):
        Block(orders(), 0, keep, lambda text, share: None).run(FAKE)
    assert len(kept) == 3  # the one being written, and by the rescue the two that still had theirs
    assert len({outcome.case.key for outcome in kept}) == 3


@pytest.mark.usefixtures("interruptible")
def test_a_worker_too_slow_to_be_rescued_leaves_its_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "RESCUE_S", 0.2)
    kept: list[tuple[Outcome, bool]] = []

    def notice(text: str, _: float) -> None:
        if text.startswith("round 4 of"):
            threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    block = Block(orders(rounds=4), 0, lambda *outcome: kept.append(outcome), notice)
    with pytest.raises(KeyboardInterrupt):
        block.run((*FAKE, "function=stall"))
    (stalled,) = [outcome.failure for outcome, interrupted in kept if outcome.failure and interrupted]
    assert len(stalled.slices_s) == 3


def test_an_own_model_that_does_other_work_is_told_what_to_do() -> None:
    workload = replace(a_group()[0].workload, model="mine:make")
    own = [replace(case, workload=workload) for case in a_group(("eager", "function"))]
    kept: list[Outcome] = []
    ordered = [Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC) for case in own]
    Block(ordered, 0, lambda outcome, _: kept.append(outcome), lambda *_: None).run((*FAKE, "function=scaled"))
    (failed,) = [outcome.failure for outcome in kept if outcome.failure]
    assert failed.stage == "equal work"
    assert failed.message.endswith("so leave them out to compare modes")
