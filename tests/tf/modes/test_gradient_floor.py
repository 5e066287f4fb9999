"""First gradients of real steps against the baseline's rounding noise: honest modes pass, injected faults do not."""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pytest
from builders import ENVIRONMENT, SCHEDULE
from injected import largest_left_out, last_scaled, scaled, smoothed, with_gradients
from taken import fakes

from bench import modes
from bench.analysis import gradients, validity
from bench.records.case import Case
from bench.records.messages import Order, StageRequest
from bench.records.proof import Evidence
from bench.worker.case import take
from bench.worker.setup import INPUTS, Setup, own_task
from bench.worker.starting import Built, Ordered
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import timed_task
from cifar_core.workload import Workload

Fault = Callable[[Any], None]  # changes a task

BATCH = 16
OWN = ["normalised", "attention", "recurrent"]
SLOW = pytest.mark.slow


def without_fault(task: Any) -> None:
    pass


FAULTS = [scaled(1.01), last_scaled(1.01), with_gradients(largest_left_out), smoothed(1e-3)]
NAMES = ["scaled", "one scaled", "kernel left out", "labels smoothed"]


def built(mode: str, workload: Workload, fault: Fault = without_fault, measures_noise: bool = False) -> Built:
    """The case after its build stage: first steps taken, evidence gathered."""

    def set_up_with_fault(_: Order) -> Setup:
        if workload.own_model:
            make_task, digest = own_task(SYNTHETIC, workload)
        else:
            make_inputs, digest = INPUTS[workload.input](SYNTHETIC, workload)
            make_task = partial(timed_task, workload, make_inputs)

        def make_faulty(*hold: Any) -> Any:
            task = make_task(*hold)
            fault(task)
            return task

        return Setup(lambda: modes.load(mode)(make_faulty), digest)

    case = Case(mode, "cpu", 0, workload)
    state: Any = Ordered(Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, measures_noise), fakes(set_up_with_fault))
    for stage in ("open", "build"):
        state, _ = take(state, StageRequest(stage))
    assert isinstance(state, Built)
    return state


def workload_of(model: str, **changes: Any) -> Workload:
    return Workload(f"own_models:{model}" if model in (*OWN, "mobilenet") else model, BATCH, "synthetic", **changes)


@cache
def baseline_of(model: str, precision: str = "float32") -> Evidence:
    return built("eager", workload_of(model, precision=precision), measures_noise=True).begun.evidence


def reasons(mode: str, model: str, fault: Fault = without_fault, precision: str = "float32") -> tuple[str, ...]:
    evidence = built(mode, workload_of(model, precision=precision), fault).begun.evidence
    return validity.unequal_work(evidence, baseline_of(model, precision), precision)


@pytest.mark.parametrize("mode", ["eager", "function", "xla"])
@pytest.mark.parametrize("model", [*OWN, "mlp", "tutorial_cnn", pytest.param("mobilenet", marks=SLOW)])
def test_honest_modes_differ_by_rounding_only(model: str, mode: str) -> None:
    assert gradients.floor_of(baseline_of(model), "float32", "cpu")
    assert reasons(mode, model) == ()


@pytest.mark.parametrize("model", ["normalised", "attention"])
def test_the_own_norm_of_a_gradient_that_is_zero_but_for_rounding_says_nothing(model: str) -> None:
    """Without the noise, XLA's honest gradient of the bias is other work."""
    evidence, baseline = built("xla", workload_of(model)).begun.evidence, baseline_of(model)
    weight, difference = gradients.largest_gradient_difference(evidence.gradients, baseline.gradients)
    assert "bias" in weight
    assert difference > validity.TOLERANCES["float32"].gradient


@pytest.mark.parametrize("fault", FAULTS, ids=NAMES)
@pytest.mark.parametrize("mode", [pytest.param("eager", marks=SLOW), "function", pytest.param("xla", marks=SLOW)])
@pytest.mark.parametrize("model", [*OWN, pytest.param("mobilenet", marks=SLOW)])
def test_a_fault_in_the_gradients_of_an_own_model_is_named(model: str, mode: str, fault: Fault) -> None:
    assert any("first gradient" in reason for reason in reasons(mode, model, fault))


@pytest.mark.parametrize("mode", ["function", "xla"])
@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_differs_by_its_own_rounding_and_by_no_missing_kernel(precision: str, mode: str) -> None:
    assert gradients.floor_of(baseline_of("mlp", precision), precision, "cpu")
    assert reasons(mode, "mlp", precision=precision) == ()
    left_out = with_gradients(largest_left_out)
    assert any("first gradient" in reason for reason in reasons(mode, "mlp", left_out, precision))


@pytest.mark.parametrize("mode", ["eager", "graph", "function", "function_loop", "xla", "keras_fit", "keras_eager"])
def test_measuring_the_noise_leaves_the_training_as_it_was(mode: str) -> None:
    """Weights, slots and counters, traces, and the steps that follow: bit for bit those of a case without it."""
    plain, baseline = (built(mode, workload_of("mlp"), measures_noise=measures) for measures in (False, True))
    for step in range(3):
        states = [built_case.trainer.read(built_case.trainer.task.state()) for built_case in (plain, baseline)]
        assert all(np.array_equal(*values) for values in zip(*states, strict=True)), step
        losses = []
        for built_case in (plain, baseline):
            built_case.trainer.run(1)
            losses.append(built_case.trainer.sync())
        assert losses[0] == losses[1]
    assert plain.trainer.traces() == baseline.trainer.traces()
    assert baseline.begun.evidence.moved_losses[0] == pytest.approx(baseline.begun.evidence.first_losses[0], rel=1e-5)
    assert all(sketch.noise for sketch in baseline.begun.evidence.gradients)


@pytest.mark.parametrize("mode", ["eager", "graph", "keras_fit"])
def test_the_noise_is_that_of_the_first_batch_where_batches_stream(mode: str) -> None:
    evidence = built(mode, workload_of("mlp", input="pipeline"), measures_noise=True).begun.evidence
    assert evidence.moved_losses == pytest.approx(evidence.first_losses, rel=1e-5)


def test_the_noise_is_that_of_the_first_batch_where_python_makes_the_batches() -> None:
    evidence = built("eager", Workload("own_models:generator", BATCH, "synthetic"), measures_noise=True).begun.evidence
    assert evidence.moved_losses == pytest.approx(evidence.first_losses, rel=1e-4)


def test_an_optimizer_that_keeps_no_gradients_measures_no_noise() -> None:
    evidence = built("eager", Workload("own_models:rms", BATCH, "synthetic"), measures_noise=True).begun.evidence
    assert evidence.by_change
    assert [sketch.noise for sketch in evidence.gradients] == [None, None]


@pytest.mark.parametrize(
    ("model", "layers"), [("dropout", ("Dropout",)), ("recurrent", ()), ("attention", ()), ("lazy", None)]
)
def test_the_evidence_names_layers_that_are_random_in_training(model: str, layers: tuple[str, ...] | None) -> None:
    assert built("eager", Workload(f"own_models:{model}", BATCH, "synthetic")).begun.evidence.random_layers == layers
