"""A mode that does other work than the baseline, or is not what its name says, is caught."""

import os
from functools import partial
from typing import Any

import psutil
import pytest
import tensorflow as tf
from builders import ENVIRONMENT, SCHEDULE
from measured import BATCH, measured, once
from taken import fakes, stages
from taken import taken as taken_through

from bench.analysis import validity
from bench.modes import Trainer
from bench.records.case import Case
from bench.records.messages import Order
from bench.worker.setup import Setup
from cifar_core import pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import Task, resident_task
from cifar_core.workload import Workload

UNREADABLE = (lambda x: x + 0.0, lambda x: x + 1.0)  # AutoGraph cannot tell lambdas of one line apart


def test_a_function_that_autograph_cannot_read_is_a_fallback_with_its_cause() -> None:
    class Fallback(Task):
        def step(self, *values: Any) -> tuple[Any, list[Any]]:
            loss, updates = super().step(*values)
            return UNREADABLE[0](loss), updates

    (fallback,) = measured("function", "mlp", make_task=Fallback).proof.execution.fallbacks
    assert "could not parse the source code" in fallback
    assert measured("function_unconverted", "mlp", make_task=Fallback).proof.execution.fallbacks == ()


class OneWeightScaled(Task):
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.weights[1].assign(self.weights[1] * 1.01)  # [0] is a bias, zero at the start


class ExtraStep(Task):
    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        super().step(*values)
        return super().step(*values)


class Writing(Task):
    """Writes a file in every step, as a log or a checkpoint that was not meant to be timed would."""

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        tf.io.write_file(os.devnull, tf.constant("x" * 20_000))
        return super().step(*values)


class NaN(Task):
    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        loss, updates = super().step(*values)
        return loss * float("nan"), updates


@pytest.mark.parametrize(
    ("task", "reason"),
    [(OneWeightScaled, "other weights"), (ExtraStep, "first losses|drift|loss"), (NaN, "not finite")],
)
def test_a_deliberately_wrong_mode_is_caught(task: type[Task], reason: str) -> None:
    import re

    wrong, baseline = measured("function", make_task=task), once()
    reasons = (*validity.unequal_work(wrong.evidence, baseline.evidence, "float32"), *validity.unproven_mode(wrong))
    assert any(re.search(reason, found) for found in reasons), reasons


@pytest.mark.skipif(not hasattr(psutil.Process, "io_counters"), reason="this system does not count it")
@pytest.mark.parametrize("mode", ["eager", "function"])
def test_input_and_output_in_the_clock_is_caught(mode: str) -> None:
    reasons = validity.unproven_mode(measured(mode, make_task=Writing, slices=4))
    assert any("bytes while timed" in reason for reason in reasons), reasons
    assert validity.unproven_mode(measured(mode, slices=4)) == ()


def test_an_extra_update_is_counted_by_the_optimizer() -> None:
    assert any(
        "32 updates where 16" in reason for reason in validity.unproven_mode(measured("eager", make_task=ExtraStep))
    )


def test_another_seed_is_other_work() -> None:
    reasons = validity.unequal_work(measured("eager", seed=1).evidence, once().evidence, "float32")
    assert "it starts from other weights than the baseline" in reasons


def test_an_xla_label_that_compiles_nothing_is_caught() -> None:
    from dataclasses import replace

    function = once("function")
    mislabelled = replace(function, case=replace(function.case, mode="xla"))
    assert "XLA compiled nothing" in validity.unproven_mode(mislabelled)


def test_a_function_that_retraces_while_timed_is_caught() -> None:
    from bench.modes.traced import TracedTrainer

    class Retracing(TracedTrainer):
        def run(self, steps: int) -> None:
            for number in range(steps):
                # A Python number is part of a trace's signature: each new one traces again.
                self._loss = self._step((number + self.taken) % batches.count)
            self.taken += steps

        taken = 0

    batches = pipeline.resident(SYNTHETIC, BATCH, 0)
    workload = Workload("tutorial_cnn", BATCH, "synthetic")

    def set_up_retracing(_: Order) -> Setup:
        def make() -> Trainer:
            return Retracing(partial(resident_task, workload, batches))

        return Setup(make, "batches")

    order = Order(Case("function", "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    _, measurement = taken_through(order, fakes(set_up_retracing), stages(1, 2))
    retraced = "it retraced 2 times while timed: argument 1 (batch number): Python int "
    assert any(reason.startswith(retraced) for reason in validity.unproven_mode(measurement))


def test_a_loop_that_xla_compiles_in_every_call_is_caught_though_it_is_traced_once() -> None:
    from bench.modes import inspection
    from bench.modes.traced_loop import LoopTrainer
    from bench.worker.instruments import Instruments

    class Ranging(LoopTrainer):
        def _loss_of_steps(self, first: Any, count: Any) -> Any:
            self._traces.note(inspection.status(), first, count)
            loss = self.task.before_steps()
            for place in tf.range(first, first + count):  # whose ends are constants to XLA
                loss, _ = self.task.step(*self.task.inputs.at(place))
            return loss

    batches = pipeline.resident(SYNTHETIC, BATCH, 0)
    workload = Workload("mlp", BATCH, "synthetic")

    def set_up_ranging(_: Order) -> Setup:
        return Setup(lambda: Ranging(partial(resident_task, workload, batches), jit_compile=True), "batches")

    order = Order(Case("xla_loop", "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    _, measurement = taken_through(order, Instruments(set_up_ranging), stages(1, 3))
    assert measurement.proof.traces_while_timing == 0
    (reason,) = validity.unproven_mode(measurement)
    assert "XLA compiled 1 program in calls like the timed ones" in reason
