"""The parent's end of a timed child, with fake workers."""

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case
from places import SUPPORT

from bench.machine.launcher import executed
from bench.modes.process_env import child_env
from bench.records.messages import Order, Reply, StageRequest
from bench.runner.worker_process import PATIENCE, WORKER, CaseFailed, WorkerProcess
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))
ORDER = Order(a_case(), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)


def test_workers_are_started_from_this_package_whatever_lies_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "__init__.py").write_text("raise SystemExit('the wrong bench')")
    monkeypatch.chdir(tmp_path)
    worker = WorkerProcess(ORDER, executed(WORKER, child_env("eager", "cpu")))
    worker.ask(StageRequest("no such stage"))
    with pytest.raises(CaseFailed, match="no such stage"):
        worker.answer()
    worker.end()


def test_a_request_of_slow_steps_has_the_time_that_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    limits: list[float] = []

    def answer(self: WorkerProcess, time_limit_s: float) -> Reply:
        limits.append(time_limit_s)
        return Reply(step_s=40.0)

    monkeypatch.setattr(WorkerProcess, "answer", answer)
    worker = WorkerProcess(ORDER, executed(FAKE, dict(os.environ)))
    worker.take(StageRequest("build"))
    worker.take(StageRequest("warmup", 10))
    worker.end()
    assert limits == [worker.order.schedule.time_limit_s, PATIENCE * 400.0]


def test_slices_and_evidence_are_noted_as_they_come() -> None:
    worker = WorkerProcess(ORDER, executed(FAKE, dict(os.environ)))
    for stage, steps in (("open", 0), ("build", 0), ("warmup", 2), ("slice", 1), ("slice", 1)):
        worker.take(StageRequest(stage, steps))
    assert worker.evidence
    assert worker.evidence.batches_digest == "batches"
    assert worker.slices_s == pytest.approx([0.02, 0.02], rel=0.01)
    assert worker.hand_over().measurement
    worker.end()


def test_other_work_than_the_baselines_is_a_failure_of_equal_work() -> None:
    worker = WorkerProcess(ORDER, executed(FAKE, dict(os.environ)))
    worker.take(StageRequest("open"))
    evidence = worker.take(StageRequest("build")).evidence
    assert evidence
    worker.expect_equal_work(evidence, "float32")
    with pytest.raises(CaseFailed) as raised:
        worker.expect_equal_work(replace(evidence, weights_digest="others"), "float32")
    assert raised.value.failure.stage == "equal work"
    worker.end()
