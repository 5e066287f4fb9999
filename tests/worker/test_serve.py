"""The timed child's answers: one line a request, until the case closes or fails."""

import io
from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest
from builders import ENVIRONMENT, SCHEDULE, FakeTrainer, a_case
from taken import stages

from bench.errors import NotApplicable, NotAvailable
from bench.machine.nvml import GpuLogger
from bench.records.messages import Order, Reply, StageRequest
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE
from bench.worker.diagnostics import no_diagnostics
from bench.worker.instruments import Instruments
from bench.worker.serve import failure, serve
from bench.worker.setup import Setup
from bench.worker.starting import Ordered
from cifar_core.cifar10 import SYNTHETIC

ORDER = Order(a_case(), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)


def instruments(trainer: FakeTrainer) -> Instruments:
    def set_up(_: Order) -> Setup:
        return Setup(lambda: trainer, "batches")  # type: ignore[arg-type, return-value]

    return Instruments(set_up, trainer.clock, no_diagnostics, lambda _: GpuLogger(None, set))


def answers(requests: Sequence[StageRequest], trainer: FakeTrainer, order: Order = ORDER) -> list[Reply]:
    out = io.BytesIO()
    serve(iter([msgspec.json.encode(record) for record in (order, *requests)]), out, instruments(trainer))
    return [msgspec.json.decode(line, type=Reply) for line in out.getvalue().splitlines()]


def test_each_request_is_answered_and_the_last_answer_is_the_measurement() -> None:
    replies = answers([*stages(2, 3), StageRequest("open")], FakeTrainer())
    assert len(replies) == 5  # nothing is answered once the case is closed
    assert [bool(reply.measurement) for reply in replies] == [False] * 4 + [True]
    assert replies[1].evidence


def test_a_process_of_a_gang_stays_when_it_has_handed_over_for_the_others_may_still_need_it() -> None:
    of_a_gang = replace(ORDER, addresses=("a:1", "b:1"))
    replies = answers([*stages(2, 3), StageRequest("open")], FakeTrainer(), of_a_gang)
    assert replies[4].measurement
    assert replies[5].failure  # so it still listens, until the parent ends it


def test_a_stage_that_does_not_follow_is_the_cases_failure_and_ends_it() -> None:
    replies = answers([StageRequest("open"), StageRequest("slice", 3), StageRequest("build")], FakeTrainer())
    assert len(replies) == 2
    failed = replies[-1].failure
    assert failed
    assert (failed.stage, failed.message) == ("slice", "the stage 'slice' cannot be taken by a case that is Opened")


def test_a_worker_whose_parent_closes_its_input_just_ends() -> None:
    assert answers([], FakeTrainer()) == []


@pytest.mark.parametrize(
    ("error", "stage"),
    [
        (NotApplicable("no loop"), NOT_APPLICABLE),
        (NotAvailable("no GPU"), NOT_AVAILABLE),
        (ValueError("bad"), "build"),
        (ValueError(), "build"),
    ],
)
def test_what_a_mode_or_machine_cannot_do_is_no_fault_of_the_stage(error: Exception, stage: str) -> None:
    failed = failure(ORDER, "build", error, Ordered(ORDER, instruments(FakeTrainer())))
    assert (failed.stage, failed.message) == (stage, str(error) or "ValueError")


def test_an_own_model_that_fails_is_shown_by_its_own_line() -> None:
    case = replace(ORDER.case, workload=replace(ORDER.case.workload, model="mine:make"))
    own_order = replace(ORDER, case=case)
    try:
        int("x")
    except ValueError as error:
        failed = failure(own_order, "build", error, Ordered(own_order, instruments(FakeTrainer())))
    assert failed.message.startswith("ValueError: invalid literal")
    assert "test_serve.py" in failed.message
