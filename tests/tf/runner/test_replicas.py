"""Real replicas: devices of a process, gangs of processes, one of them killed, and an all-reduce that is forgotten."""

import sys
import time
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, SCHEDULE
from children import running
from places import SUPPORT

from bench.analysis.validity import unproven_mode
from bench.machine.launcher import executed
from bench.modes.process_env import child_env
from bench.records.case import Case
from bench.records.messages import Order, StageRequest
from bench.records.run import Measurement
from bench.runner.worker_process import WORKER, CaseFailed, WorkerProcess
from bench.worker.replica_setup import unsuited
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import Workload

WORKLOAD = Workload("mlp", 32, SYNTHETIC.name)
FORGETFUL = (sys.executable, str(SUPPORT / "forgetful_worker.py"))


def started(mode: str, replicas: int, command: tuple[str, ...] = WORKER, model: str = "mlp") -> WorkerProcess:
    case = Case(mode, "cpu", 0, replace(WORKLOAD, model=model), replicas=replicas)
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    return WorkerProcess(order, executed(command, child_env(mode, "cpu")))


def built(worker: WorkerProcess) -> WorkerProcess:
    worker.take(StageRequest("open"))
    worker.take(StageRequest("build"))
    return worker


def timed(worker: WorkerProcess) -> Measurement:
    for stage, steps in (("warmup", 2), ("slice", 3), ("slice", 3), ("close", 0)):
        reply = worker.take(StageRequest(stage, steps))
    assert reply.measurement
    return reply.measurement


@pytest.fixture(scope="module")
def baseline() -> WorkerProcess:
    worker = built(started("function", 0))
    worker.end()
    return worker


@pytest.fixture(scope="module")
def flops() -> int:
    """Floating-point operations of the baseline's step."""
    worker = built(started("function", 0))
    measurement = timed(worker)
    worker.end()
    return counted(measurement)


def counted(measurement: Measurement) -> int:
    assert measurement.costs
    assert measurement.costs.structure
    assert measurement.costs.structure.flops
    return measurement.costs.structure.flops


@pytest.mark.parametrize(("mode", "link"), [("mirrored", "memory"), ("multi_worker", "gRPC")])
def test_two_replicas_do_the_baselines_work_and_hold_the_same_bits(
    mode: str, link: str, baseline: WorkerProcess, flops: int
) -> None:
    assert baseline.evidence
    worker = built(started(mode, 2))
    worker.expect_equal_work(baseline.evidence, "float32")
    measurement = timed(worker)
    worker.end()
    seen = measurement.proof.replicas
    assert seen
    assert (seen.replicas, seen.batch, seen.apart) == (2, 16, ())
    assert len(seen.digests) == 2
    assert len({*seen.digests}) == 1
    assert seen.all_reduce == ("2 x CollectiveReduceV2",)  # of the gradients and of the loss
    assert link in seen.link
    assert unproven_mode(measurement) == ()
    assert measurement.proof.replay
    assert measurement.proof.replay.first.whole == 0.0
    assert measurement.costs
    assert measurement.costs.all_reduce
    assert measurement.costs.all_reduce.with_s > 0
    assert counted(measurement) == pytest.approx(flops, rel=0.05)  # averaging is work too


def test_a_process_of_a_gang_killed_while_it_is_timed_ends_the_case_within_seconds_by_its_name() -> None:
    worker = built(started("multi_worker", 2))
    worker.take(StageRequest("warmup", 2))
    worker.ask(StageRequest("slice", 1_000_000))  # far longer than this test
    time.sleep(1)
    mine = running("bench.worker.serve")
    victim = max(mine, key=lambda each: each.ppid())  # of their keepers, which are started one after the other
    began = time.monotonic()
    victim.kill()
    with pytest.raises(CaseFailed, match=r"worker 2 of 2 \(127\.0\.0\.1:\d+\) was lost: killed from outside"):
        worker.answer()
    assert time.monotonic() - began < 60  # the request itself has five minutes
    worker.end()
    assert not any(each.is_running() for each in mine)


def test_a_forgotten_all_reduce_is_caught_before_anything_is_timed(baseline: WorkerProcess) -> None:
    assert baseline.evidence
    worker = built(started("mirrored", 2, FORGETFUL))
    assert worker.evidence
    assert worker.evidence.first_losses[0] == pytest.approx(baseline.evidence.first_losses[0], rel=1e-6)
    with pytest.raises(CaseFailed, match=r"its first gradient of .* differs"):
        worker.expect_equal_work(baseline.evidence, "float32")
    reasons = unproven_mode(timed(worker))  # and where nothing is there to compare with, by the replicas themselves
    assert any(reason.startswith("its replicas drifted apart: ") for reason in reasons)
    worker.end()


@pytest.mark.slow
def test_batch_statistics_of_replicas_are_not_comparable_and_of_one_replica_are() -> None:
    several, one = started("mirrored", 2, model="resnet9"), started("mirrored", 1, model="resnet9")
    several.take(StageRequest("open"))
    with pytest.raises(CaseFailed, match="BatchNormalization computes mean and variance for each replica") as raised:
        several.take(StageRequest("build"))
    assert raised.value.failure.stage == "not comparable"
    assert built(one).evidence
    for worker in (several, one):
        worker.end()


@pytest.mark.parametrize(
    ("mode", "workload", "reason"),
    [
        ("mirrored", replace(WORKLOAD, task="infer"), "inference has none"),
        ("mirrored", replace(WORKLOAD, model="somewhere:make"), "brings its own optimizer"),
        ("multi_worker", replace(WORKLOAD, model="somewhere:make"), "keras#20585"),
    ],
)
def test_what_replicas_cannot_share_is_not_applicable(mode: str, workload: Workload, reason: str) -> None:
    assert reason in unsuited(Case(mode, "cpu", 0, workload, replicas=2))
    assert unsuited(Case(mode, "cpu", 0, WORKLOAD, replicas=2)) == ""
