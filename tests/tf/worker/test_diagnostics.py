"""Diagnostics of a case that is one of several processes: each of them must take equally many steps."""

import itertools
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, SCHEDULE

from bench.records.case import Case
from bench.records.costs import Costs
from bench.records.messages import Order
from bench.worker.diagnostics import diagnose
from bench.worker.setup import set_up
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import Workload

ALONE = Order(Case("function", "cpu", 0, Workload("mlp", 4, "synthetic")), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
IN_A_CLUSTER = replace(ALONE, addresses=("127.0.0.1:1", "127.0.0.1:2"))


def steps_taken(order: Order, tick_s: float, monkeypatch: pytest.MonkeyPatch) -> int:
    """On a machine whose clock shows so many seconds more each time that it is read."""
    trainer, taken, ticks = set_up(order).make_trainer(), list[int](), itertools.count()
    real = trainer.run

    def run(steps: int) -> None:
        taken.append(steps)
        real(steps)

    monkeypatch.setattr(trainer, "run", run)
    found = diagnose(order, trainer, 2, lambda: tick_s * next(ticks), Costs(1.0, 1, 1))
    assert bool(found.costs.operations) == (not order.addresses)
    return sum(taken)


def test_processes_of_a_cluster_take_equally_many_steps_however_fast_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    # A collective operation waits for the other process for ever where one takes more steps.
    assert steps_taken(IN_A_CLUSTER, 1e-6, monkeypatch) == steps_taken(IN_A_CLUSTER, 0.1, monkeypatch)
    assert steps_taken(ALONE, 1e-6, monkeypatch) > steps_taken(IN_A_CLUSTER, 1e-6, monkeypatch)
