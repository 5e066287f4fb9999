"""A case in several processes: it takes its turn, and fails, as one. With fake workers; real ones in tests/tf."""

import os
import sys
import time
from dataclasses import replace

import psutil
import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case
from children import running
from places import SUPPORT

from bench.machine.launcher import Start, executed
from bench.records.messages import Order, StageRequest
from bench.runner.gang import Gang, free_addresses, opened
from bench.runner.worker_process import CaseFailed, WorkerProcess
from cifar_core.cifar10 import SYNTHETIC

CASE = replace(a_case("multi_worker"), replicas=2)
ORDER = Order(CASE, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)


def fake(*faults: str) -> Start:
    return executed((sys.executable, str(SUPPORT / "fake_worker.py"), *faults), dict(os.environ))


def build(worker: WorkerProcess) -> None:
    for stage, steps in (("open", 0), ("build", 0), ("warmup", 2)):
        worker.take(StageRequest(stage, steps))


def workers() -> list[psutil.Process]:
    """The fake workers that run now, in the order in which they began."""
    return sorted(running("fake_worker.py"), key=lambda each: each.ppid())  # their keepers', started one by one


def test_each_process_is_asked_and_the_first_speaks_for_all() -> None:
    worker = WorkerProcess(ORDER, fake())
    build(worker)
    assert len(workers()) == 2
    worker.take(StageRequest("slice", 1))
    assert worker.slices_s == pytest.approx([0.01], rel=0.01)
    worker.end()
    assert workers() == []


def test_one_replica_and_other_modes_have_one_process() -> None:
    for case in (replace(CASE, replicas=1), replace(a_case("mirrored"), replicas=2)):
        worker = opened(replace(ORDER, case=case), fake())
        assert not isinstance(worker, Gang)
        worker.end()


@pytest.mark.parametrize("number", [0, 1])
def test_a_worker_killed_with_9_fails_the_case_at_once_by_its_name(number: int) -> None:
    worker = WorkerProcess(ORDER, fake("multi_worker-r2=hang"))
    build(worker)
    worker.ask(StageRequest("slice", 20))  # in which both hang
    victim = workers()[number]
    began = time.monotonic()
    victim.kill()
    with pytest.raises(
        CaseFailed, match=rf"worker {number + 1} of 2 \(127\.0\.0\.1:\d+\) was lost: killed from outside"
    ):
        worker.answer()
    assert time.monotonic() - began < 30  # long before the request's own limit
    worker.end()
    assert workers() == []


def test_a_worker_that_hangs_is_named_when_the_time_is_over() -> None:
    worker = WorkerProcess(ORDER, fake("multi_worker-r2=hang"))
    build(worker)
    worker.ask(StageRequest("slice", 20))
    with pytest.raises(CaseFailed, match=r"worker 1 of 2 .* was lost: no answer within 1 s"):
        worker.answer(1.0)
    worker.end()


def test_an_error_in_a_worker_is_the_cases_with_its_name() -> None:
    worker = WorkerProcess(ORDER, fake("multi_worker-r2=fail"))
    build(worker)
    with pytest.raises(CaseFailed, match=r"worker [12] of 2 \(127\.0\.0\.1:\d+\): injected failure"):
        worker.take(StageRequest("slice", 20))
    worker.end()


def test_what_no_process_can_hold_is_said_without_a_name() -> None:
    worker = WorkerProcess(ORDER, fake("multi_worker-r2=inapplicable"))
    with pytest.raises(CaseFailed) as raised:
        worker.take(StageRequest("open"))
    assert raised.value.failure.stage == "not applicable"
    assert raised.value.failure.message == "it holds no such model"
    worker.end()


def test_a_process_that_begins_from_other_weights_is_named() -> None:
    worker = WorkerProcess(ORDER, fake("multi_worker-r2=others"))
    worker.take(StageRequest("open"))
    with pytest.raises(CaseFailed, match=r"worker 2 of 2 .* begins from other weights or batches than worker 1 of 2"):
        worker.take(StageRequest("build"))
    worker.end()


def test_addresses_are_free_and_differ() -> None:
    assert len({*free_addresses(4)}) == 4
