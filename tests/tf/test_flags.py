"""Modes whose flags must be set before TensorFlow loads, in real workers."""

from dataclasses import replace

from builders import ENVIRONMENT, SCHEDULE

from bench import launch, validity
from bench.messages import Order
from bench.records import Case, Outcome
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import Workload


def test_clusters_and_keras_loops_prove_themselves_in_processes_of_their_own() -> None:
    kept: list[Outcome] = []
    schedule = replace(SCHEDULE, time_limit_s=120.0)
    workload = Workload("mlp", 8, "synthetic")
    orders = [
        Order(Case(mode, "cpu", 0, workload), 0, schedule, ENVIRONMENT, SYNTHETIC)
        for mode in ("eager", "autocluster", "keras_fit", "keras_eager")
    ]
    launch.Block(orders, 0, lambda outcome, _: kept.append(outcome), lambda text, share: None).run()
    assert [outcome.failure for outcome in kept if outcome.failure] == []
    measurements = {outcome.case.mode: outcome.measurement for outcome in kept}
    assert sorted(measurements) == ["autocluster", "eager", "keras_eager", "keras_fit"]
    for measurement in measurements.values():
        assert measurement
        assert validity.unproven_mode(measurement) == ()
    clustered = measurements["autocluster"]
    assert clustered
    assert clustered.proof.execution.clusters > 0
