"""Workers forked from real fork servers: flags set before TensorFlow loads reach them, and they train as any other."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, SCHEDULE
from places import ROOT, SUPPORT

from bench.analysis import validity
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import Outcome
from bench.runner.block import Block
from bench.runner.forkserver import ForkServers
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import Workload


def orders(*modes: str, threads: int = 0) -> list[Order]:
    schedule = replace(SCHEDULE, time_limit_s=120.0)
    baseline, *others = [Case(mode, "cpu", threads, Workload("mlp", 8, "synthetic")) for mode in modes]
    cases = [baseline, replace(baseline, again=True), *others]
    return [Order(case, 0, schedule, ENVIRONMENT, SYNTHETIC) for case in cases]


def test_clusters_and_keras_loops_prove_themselves_in_processes_of_their_own() -> None:
    kept: list[Outcome] = []
    asked = orders("eager", "autocluster", "keras_fit", "keras_eager")
    Block(asked, 0, lambda outcome, _: kept.append(outcome), lambda text, share: None).run()
    assert [outcome.failure for outcome in kept if outcome.failure] == []
    measurements = {outcome.case.mode: outcome.measurement for outcome in kept}
    assert sorted(measurements) == ["autocluster", "eager", "keras_eager", "keras_fit"]
    for measurement in measurements.values():
        assert measurement
        assert validity.unproven_mode(measurement) == ()
    clustered = measurements["autocluster"]
    assert clustered
    assert clustered.proof.execution.clusters > 0


def test_forked_workers_train_as_executed_ones_do_on_as_many_threads_as_they_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forked = losses("eager", "function", "xla")
    monkeypatch.setattr(ForkServers, "_forks", lambda self, order: False)
    assert forked == losses("eager", "function", "xla")
    assert len(forked) == 4


def losses(*modes: str) -> dict[str, tuple[float | None, ...]]:
    kept: list[Outcome] = []
    Block(orders(*modes, threads=1), 0, lambda outcome, _: kept.append(outcome), lambda text, share: None).run()
    measured = {outcome.case.arm: outcome.measurement for outcome in kept}
    return {arm: m.evidence.first_losses for arm, m in measured.items() if m}


def test_every_mode_trains_with_deterministic_ops_alone_to_the_same_bits() -> None:
    asked = orders("eager", "graph", "function", "xla", "keras_fit")
    asked = [replace(order, case=replace(order.case, deterministic=True)) for order in asked]
    kept: list[Outcome] = []
    Block(asked, 0, lambda outcome, _: kept.append(outcome), lambda text, share: None).run()
    assert [outcome.failure for outcome in kept if outcome.failure] == []
    measured = {o.case.arm: o.measurement for o in kept if o.measurement}
    assert len(measured) == 6
    assert measured["eager"].evidence.first_losses == measured["eager-again"].evidence.first_losses


def test_a_deterministic_case_is_one_to_tensorflow() -> None:
    code = (
        "from bench.records.messages import Order; from bench.worker.setup import set_up\n"
        "from bench.records.case import Case\n"
        "from builders import ENVIRONMENT, SCHEDULE; from cifar_core.cifar10 import SYNTHETIC\n"
        "from cifar_core.workload import Workload; from tensorflow.python.framework import config\n"
        "case = Case('function', 'cpu', 0, Workload('mlp', 8, 'synthetic'), deterministic=True)\n"
        "set_up(Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC))\n"
        "print(config.is_op_determinism_enabled())"
    )
    paths = os.pathsep.join(map(str, (ROOT, SUPPORT)))
    environment = {**os.environ, "PYTHONPATH": paths}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split()[-1] == "True"
