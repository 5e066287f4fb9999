"""The step that people train is the step that is timed, in every mode that can hold it; so is a step of your own."""

from typing import Any

import own_steps
import pytest
from builders import ENVIRONMENT, SCHEDULE
from taken import fakes, stages, taken_or_failed

from bench.analysis import validity
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import NOT_APPLICABLE, Failure, Measurement
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import INFER, STEP, TRAIN, Workload

TRACED = ("function", "function_loop", "xla", "keras_fit")
NO_STEP = "a step of your own"


def taken(mode: str, name: str, task: str = TRAIN, args: str = "", batch: int = 4) -> Measurement | Failure:
    """One case taken through the worker's stages in this process, in which a module's variable is as in a new one."""
    own_steps.SEEN.assign([0.0, 1.0, 2.0, 3.0])
    workload = Workload(name if task == INFER else f"own_steps:{name}", batch, "synthetic", task=task, arguments=args)
    order = Order(Case(mode, "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, in_full=True)
    return taken_or_failed(order, fakes(), stages(2, 3, 3))


def measured(mode: str, name: str, **changes: Any) -> Measurement:
    measurement = taken(mode, name, **changes)
    assert isinstance(measurement, Measurement), measurement
    return measurement


def refused(mode: str, name: str, **changes: Any) -> str:
    failure = taken(mode, name, **changes)
    assert isinstance(failure, Failure), failure
    assert failure.stage == NOT_APPLICABLE, failure
    return failure.message


def assert_same_work(case: Measurement, baseline: Measurement) -> None:
    assert validity.unequal_work(case.evidence, baseline.evidence, "float32") == ()
    assert validity.other_training(case, baseline, None) == ()
    assert validity.unproven_mode(case) == ()


@pytest.mark.parametrize(
    ("model", "modes"),
    [
        ("penalised", TRACED),
        ("gan", ("function", "function_loop", "keras_fit")),  # XLA draws other random numbers
        ("accumulating", TRACED),
        ("loss_scaled", ("function", "keras_fit")),
        ("averaged", ("function", "keras_fit")),
        ("weighted", ("function", "keras_fit")),
        ("training_only", ("function", "keras_fit", "custom_loop_function")),
        ("lengths", ("function", "keras_fit")),
    ],
)
def test_a_step_of_keras_or_ones_own_is_the_same_in_every_mode(model: str, modes: tuple[str, ...]) -> None:
    baseline = measured("eager", model)
    for mode in modes:
        assert_same_work(measured(mode, model), baseline)


def test_the_penalty_of_an_own_train_step_is_in_what_is_timed() -> None:
    with_penalty, without = (measured("eager", name).evidence.first_losses[0] for name in ("penalised", "averaged"))
    assert with_penalty is not None
    assert without is not None
    assert with_penalty > without + 0.1  # the sum of the squared weights


def test_every_optimizers_first_gradients_are_the_evidence() -> None:
    evidence = measured("eager", "gan").evidence
    assert not evidence.by_change
    assert len(evidence.gradients) == 6
    assert {name.split(".")[0] for name, _ in evidence.hyperparameters or ()} == {"1", "2"}


def test_a_layer_that_only_training_uses_is_trained() -> None:
    assert len(measured("function", "training_only").evidence.gradients) == 4


def test_a_step_that_cannot_be_traced_is_not_applicable_in_one_sentence() -> None:
    measured("eager", "untraceable")
    for mode in ("function", "keras_fit"):
        assert "\n" not in (why := refused(mode, "untraceable"))
        assert "its train_step cannot be traced into a graph: 'SymbolicTensor' object has no attribute" in why
    assert "it has a train_step of its own: the other modes run" in refused("custom_loop", "penalised")
    assert "its optimizer gathers gradients over several steps" in refused("custom_loop", "accumulating")


@pytest.mark.parametrize(("step", "args"), [("two_optimizers", ""), ("silent", ""), ("halved", "np.ones(4, 'f4'), 2")])
def test_a_step_of_ones_own_is_the_same_in_every_mode(step: str, args: str) -> None:
    baseline = measured("eager", step, task=STEP, args=args)
    for mode in ("function", "function_loop", "xla"):
        assert_same_work(measured(mode, step, task=STEP, args=args), baseline)
    assert NO_STEP in refused("keras_fit", step, task=STEP, args=args)
    assert NO_STEP in refused("graph", step, task=STEP, args=args)


def test_outputs_and_variables_of_a_step_are_compared() -> None:
    other = measured("eager", "halved", task=STEP, args="np.ones(4, 'f4'), 3")
    baseline = measured("eager", "halved", task=STEP, args="np.ones(4, 'f4'), 2")
    reasons = validity.unequal_work(other.evidence, baseline.evidence, "float32")
    assert any("first loss differs" in reason for reason in reasons)
    assert any("first change of seen" in reason for reason in reasons)


def test_a_factory_of_a_step_without_batches_is_said_in_a_line() -> None:
    failure = taken("eager", "misspelt_step", task=STEP)
    assert isinstance(failure, Failure)
    assert failure.message == (
        "the factory's dict has step, batch; it must have step, to be called, and batches, may have variables"
    )


def test_inference_gives_the_same_outputs_in_every_mode_and_has_a_latency() -> None:
    baseline = measured("eager", "mlp", task=INFER)
    for mode in ("graph", "function", "function_loop", "xla", "keras_predict", "keras_predict_on_batch"):
        assert_same_work(measured(mode, "mlp", task=INFER), baseline)
    assert "inference is not training" in refused("keras_fit", "mlp", task=INFER)
    assert "for --task infer" in refused("keras_predict", "penalised")


def test_inference_of_ones_own_model_leaves_its_dropout_out() -> None:
    baseline = measured("eager", "own_models:dropout", task=INFER)
    for mode in ("function", "xla", "keras_predict"):
        assert_same_work(measured(mode, "own_models:dropout", task=INFER), baseline)
