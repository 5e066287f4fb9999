"""The chain of states that a timed case goes through, with a fake trainer."""

from dataclasses import replace

import numpy as np
import pytest
from builders import CALLS, ENVIRONMENT, SCHEDULE, FakeClock, FakeTrainer, a_case
from taken import stages, taken, taken_or_failed

from bench.analysis.validity import unproven_mode
from bench.machine.nvml import GpuLogger
from bench.records.case import Case
from bench.records.messages import Order, StageRequest
from bench.records.run import WORKER_STAGES, Failure
from bench.worker import starting
from bench.worker.case import CHAIN, OutOfOrder, State, Timed, take
from bench.worker.diagnostics import no_diagnostics
from bench.worker.instruments import Instruments
from bench.worker.setup import Setup
from bench.worker.starting import Closed, Opened, Ordered, WarmedUp
from bench.worker.trained import SETTLING_STEPS
from cifar_core.cifar10 import SYNTHETIC

STEP_S = 0.25
AFTER_A_LOOK = SETTLING_STEPS  # untimed, before the slice that follows


def an_order(case: Case | None = None) -> Order:
    return Order(case or a_case(), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)


def instruments(trainer: FakeTrainer, imported_s: float = 0.0) -> Instruments:
    """Around a trainer whose clock moves by STEP_S a step, a second while it is set up and half of one to build it."""
    clock = trainer.clock

    def pass_time(seconds: float) -> None:
        clock.now += seconds

    def set_up(_: Order) -> Setup:
        pass_time(1.0)
        return Setup(make, "batches")

    def make() -> FakeTrainer:
        pass_time(0.5)
        return trainer

    return Instruments(set_up, clock, no_diagnostics, lambda _: GpuLogger(None, set), pass_time, imported_s)  # type: ignore[arg-type]


def a_trainer(mode: str = "eager") -> FakeTrainer:
    return FakeTrainer(mode, FakeClock(), STEP_S, loss=lambda steps: 10.0 - steps)


def reach(state: State, *names: str) -> State:
    for name in names:
        state, _ = take(state, StageRequest(name, 2))
    return state


def test_each_stage_leads_to_the_next_state() -> None:
    state: State = Ordered(an_order(), instruments(a_trainer()))
    names = [type(state).__name__]
    for request in stages(2, 3, 3):
        state, _ = take(state, request)
        names.append(type(state).__name__)
    assert names == ["Ordered", "Opened", "Built", "WarmedUp", "Timed", "Timed", "Closed"]


@pytest.mark.parametrize(
    "before", [(), ("open",), ("open", "build"), ("open", "build", "warmup"), ("open", "build", "warmup", "slice")]
)
def test_a_stage_that_does_not_follow_is_one_clear_failure(before: tuple[str, ...]) -> None:
    state = reach(Ordered(an_order(), instruments(a_trainer())), *before)
    allowed = {name for kind, name in CHAIN if kind is type(state)}
    for name in {name for _, name in CHAIN} - allowed:
        with pytest.raises(OutOfOrder, match=f"'{name}' cannot be taken by a case that is {type(state).__name__}"):
            take(state, StageRequest(name, 1))


@pytest.mark.parametrize("last", ["close", "total"])
def test_nothing_can_be_timed_once_the_case_is_closed(last: str) -> None:
    way = ("open", "total") if last == "total" else ("open", "build", "warmup", "slice", "close")
    closed = reach(Ordered(an_order(), instruments(a_trainer())), *way)
    assert isinstance(closed, Closed)
    for _, name in CHAIN:
        with pytest.raises(OutOfOrder):
            take(closed, StageRequest(name, 1))


def test_the_measurement_holds_every_stage_and_the_steps_of_all() -> None:
    trainer = a_trainer("function")
    _, measurement = taken(an_order(a_case("function")), instruments(trainer, imported_s=4.0), stages(2, 3, 3))
    assert (measurement.load_s, measurement.build_s, measurement.first_call_s) == (5.0, 0.5, STEP_S)
    assert (measurement.warmup.seconds, measurement.warmup.steps_per_slice) == ((2 * STEP_S,), 2)
    assert (measurement.steady.seconds, measurement.steady.rounds) == ((3 * STEP_S, 3 * STEP_S), (0, 1))
    assert measurement.evidence.first_losses == (9.0, 8.0, 7.0, 6.0, 5.0)
    updates = 5 + 2 + 3 + AFTER_A_LOOK + 3
    assert measurement.last_loss == 10.0 - updates
    assert measurement.proof.updates == measurement.proof.updates_expected == updates
    assert measurement.proof.traces_while_timing == 0
    assert measurement.schedule.steps_per_slice == 3


def test_a_warm_up_in_pieces_counts_all_its_steps() -> None:
    state = reach(Ordered(an_order(), instruments(a_trainer())), "open", "build", "warmup", "warmup", "warmup")
    assert isinstance(state, WarmedUp)
    assert (state.warmup.steps_per_slice, state.warmup.seconds) == (6, (6 * STEP_S,))
    assert state.progress.updates == 5 + 6


def test_late_updates_are_compared_on_the_batch_that_all_cases_come_to() -> None:
    trainer = a_trainer()
    trainer.task.inputs.period = 8
    _, measurement = taken(an_order(), instruments(trainer), stages(2, 3))
    assert measurement.proof.updates == measurement.proof.updates_expected == 16  # 10, and 6 until the first batch
    assert measurement.proof.late
    assert (measurement.proof.late.updates, measurement.proof.late.batch) == (16, 0)


def test_after_a_runs_first_block_the_evidence_is_shorter() -> None:
    trainer = a_trainer()
    trainer.task.inputs.period = 8
    _, measurement = taken(replace(an_order(), in_full=False), instruments(trainer), stages(5, 3))
    late = measurement.proof.late
    assert late
    assert (late.updates, late.batch) == (13, 5)  # no steps are taken for its sake, nor for a look at the weights
    assert {g.projections for g in (*measurement.evidence.gradients, *late.gradients)} == {()}
    assert measurement.evidence.gradients[0].norm == 2.0
    assert measurement.proof.reached == ()
    assert measurement.proof.replay
    assert measurement.proof.replay.first.updates == 3


def test_the_time_of_tracing_is_a_cost_of_modes_that_trace_only() -> None:
    for mode, trace_s in (("eager", None), ("function", 0.0)):
        _, measurement = taken(an_order(a_case(mode)), instruments(a_trainer(mode)), stages(1, 1))
        assert measurement.costs
        assert measurement.costs.trace_s == trace_s


def test_a_bare_loop_takes_its_steps_but_is_no_slice() -> None:
    state = reach(Ordered(an_order(), instruments(a_trainer())), "open", "build", "warmup", "slice")
    looped, reply = take(state, StageRequest("loop", 8))
    assert reply.seconds == 8 * STEP_S
    assert isinstance(state, Timed)
    assert isinstance(looped, Timed)
    assert (looped.slices, looped.progress.updates) == (state.slices, state.progress.updates + 8)


def test_the_proof_goes_from_the_first_update_to_the_last() -> None:
    trainer = a_trainer("function")
    _, measurement = taken(an_order(a_case("function")), instruments(trainer), stages(6, 3, 50))
    proof, updates = measurement.proof, 5 + 6 + 3 + 26 + AFTER_A_LOOK + 50  # 26 untimed ones up to the mark
    assert [each.updates for each in proof.reached] == [10, 40]
    assert proof.reached[0].lengths == pytest.approx((10 * 2.0,))
    assert proof.updates == proof.updates_expected == updates
    assert proof.late
    assert proof.late.updates == updates
    assert proof.calls == CALLS["function"]
    assert proof.replay
    assert (proof.replay.first.whole, proof.replay.first.loss) == (0.0, 0.0)
    assert proof.replay.slice
    assert proof.replay.slice.whole == 0.0
    assert (proof.still, proof.tracing_us, proof.not_finite) == (0, 0, ())
    assert measurement.steady.seconds == (3 * STEP_S, 50 * STEP_S)
    assert unproven_mode(measurement) == ()


def test_slices_of_steps_that_an_earlier_block_has_compared_are_not_taken_step_by_step_again() -> None:
    trainer = a_trainer("function")
    order = replace(an_order(a_case("function")), new_steps=False)
    _, measurement = taken(order, instruments(trainer), stages(6, 3, 50))
    assert measurement.proof.replay
    assert (measurement.proof.replay.first.updates, measurement.proof.replay.slice) == (5, None)


def test_what_a_later_block_computes_otherwise_after_its_slices_is_seen_without_single_steps() -> None:
    trainer = a_trainer("function")
    update = trainer._update

    def updates_twice_later() -> None:
        update()
        if trainer.steps > 40:
            trainer.weight.value = trainer.weight.value - 1

    trainer._update = updates_twice_later  # type: ignore[method-assign]
    order = replace(an_order(a_case("function")), new_steps=False)
    _, measurement = taken(order, instruments(trainer), stages(6, 3, 50))
    assert measurement.proof.replay
    assert measurement.proof.replay.first.whole > 0.1


@pytest.mark.parametrize(("steps", "updates"), [(3, 10), (1, 8), (5, 15 + AFTER_A_LOOK)])
def test_a_short_case_is_looked_at_where_it_ends(steps: int, updates: int) -> None:
    _, measurement = taken(an_order(), instruments(a_trainer()), stages(2, steps))
    last = measurement.proof.reached[-1]
    assert (last.updates, last.lengths) == (updates, pytest.approx((2.0 * updates,)))


def test_slices_over_which_the_watched_weight_stays_and_tracing_within_them_are_counted() -> None:
    trainer = a_trainer()
    kept = trainer.run

    def stops(steps: int) -> None:
        kept(steps)
        if trainer.steps > 5 + 2 + 3:
            trainer.weight.value = np.zeros(4, np.float32)

    trainer.run = stops  # type: ignore[method-assign]
    trainer.tracing_us = lambda: 7 * trainer.steps  # type: ignore[method-assign]
    _, measurement = taken(an_order(), instruments(trainer), stages(2, 3, 3, 3, 3))
    assert measurement.proof.still == 3  # an untimed step after the look has moved it to zero
    assert measurement.proof.tracing_us == 7 * (3 + 3 + 3 + 3)


def test_what_holds_no_number_at_the_end_is_named_though_it_is_trained_anew_afterwards() -> None:
    def breaks(steps: int) -> None:
        if steps == 5 + 2 + 3:
            trainer.weight.value = np.full(4, np.nan, np.float32)

    trainer = FakeTrainer("eager", FakeClock(), STEP_S, on_step=breaks)
    _, measurement = taken(an_order(), instruments(trainer), stages(2, 3))
    assert measurement.proof.not_finite == ("kernel",)
    assert measurement.proof.replay
    assert measurement.proof.replay.first.whole == 0.0


def test_a_warm_up_of_whole_calls_says_how_many_steps_it_took_and_how_long_those_asked_for_take() -> None:
    loop = replace(a_case("function_loop"), steps_per_call=10)
    state = reach(Ordered(an_order(loop), instruments(a_trainer("function_loop"))), "open", "build")
    warm, reply = take(state, StageRequest("warmup", 10))
    assert isinstance(warm, WarmedUp)
    assert (warm.warmup.steps_per_slice, warm.warmup.seconds) == (15, (15 * STEP_S,))
    assert reply.seconds == pytest.approx(10 * STEP_S)


def test_a_case_without_warm_up_steps_has_taken_none() -> None:
    state = reach(Ordered(an_order(), instruments(a_trainer())), "open", "build")
    warm, reply = take(state, StageRequest("warmup", 0))
    assert isinstance(warm, WarmedUp)
    assert (warm.warmup.steps_per_slice, warm.warmup.seconds, reply.seconds) == (0, (0.0,), 0.0)


def test_a_slowed_case_sleeps_in_its_slices_only() -> None:
    slowed = replace(a_case(), slowdown=0.5)
    _, measurement = taken(an_order(slowed), instruments(a_trainer()), stages(2, 4))
    assert measurement.steady.seconds == (4 * STEP_S * 1.5,)
    assert measurement.warmup.seconds == (2 * STEP_S,)


def test_a_case_that_takes_two_steps_for_each_counts_one_and_makes_all_its_updates() -> None:
    doubled = replace(a_case(), steps_each=2)
    _, measurement = taken(an_order(doubled), instruments(a_trainer()), stages(2, 4, 4))
    assert (measurement.steady.seconds, measurement.steady.steps_per_slice) == ((8 * STEP_S,) * 2, 4)
    assert (
        measurement.proof.updates == measurement.proof.updates_expected == 5 + 2 + 3 + AFTER_A_LOOK + 8 + 8
    )  # three to a mark


def test_training_from_nothing_is_timed_as_a_whole_without_the_set_up() -> None:
    opened = reach(Ordered(an_order(), instruments(a_trainer())), "open")
    _, reply = take(opened, StageRequest("total", 8))
    assert reply.seconds == 0.5 + 8 * STEP_S


def test_a_loss_that_is_not_finite_ends_a_training_from_nothing() -> None:
    trainer = FakeTrainer(loss=lambda steps: float("nan"))
    with pytest.raises(FloatingPointError, match="became nan within 8 steps"):
        take(reach(Ordered(an_order(), instruments(trainer)), "open"), StageRequest("total", 8))


def test_a_process_that_is_traced_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "tracing_tool", lambda: "a profile function")
    with pytest.raises(RuntimeError, match="refused to time under a profile function; run without it"):
        take(Ordered(an_order(), instruments(a_trainer())), StageRequest("open"))


def test_a_failure_keeps_the_slices_before_it_and_names_its_stage() -> None:
    def fail(steps: int) -> None:
        if steps > 5 + 2 + 3:
            raise ValueError("out of range\nand more")

    failing = FakeTrainer("eager", FakeClock(), STEP_S, on_step=fail)
    failure = taken_or_failed(an_order(), instruments(failing), stages(2, 3, 3))
    assert isinstance(failure, Failure)
    assert (failure.stage, failure.message, failure.slices_s) == ("slice", "out of range", (3 * STEP_S,))
    assert "ValueError" in failure.stderr_tail


def test_every_part_of_a_state_exists_from_its_start() -> None:
    opened = reach(Ordered(an_order(), instruments(a_trainer())), "open")
    assert isinstance(opened, Opened)
    assert not hasattr(opened, "__dict__")
    with pytest.raises(AttributeError):
        opened.load_s = 0.0  # type: ignore[misc]


def test_the_stages_that_a_failure_may_name_are_those_of_the_chain() -> None:
    assert {stage for _, stage in CHAIN} == set(WORKER_STAGES)


def test_a_case_that_is_closed_for_someone_who_waits_trains_no_further() -> None:
    trainer = a_trainer()
    timed = reach(Ordered(an_order(), instruments(trainer)), "open", "build", "warmup", "slice")
    steps = trainer.steps
    _, reply = take(timed, StageRequest("close", examines=False))
    assert trainer.steps == steps
    assert reply.measurement
    assert (reply.measurement.proof.replay, reply.measurement.proof.late) == (None, None)
    assert len(reply.measurement.steady.seconds) == 1
