"""A dozen kinds of people's models in every mode of `--modes all`: the same work, or the right verdict."""

from pathlib import Path

import pytest
from builders import ENVIRONMENT, SCHEDULE
from places import ROOT
from taken import fakes, stages, taken_or_failed

from bench.analysis import validity
from bench.modes import groups
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import Failure, Measurement
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import Workload

MODES = [mode for mode in groups.members("all") if mode != "autocluster"]  # whose flags come before TensorFlow loads
CUSTOM, LOOPS = ("custom_loop", "custom_loop_function"), ("function_loop", "xla_loop")
COMPILED = ("xla", "xla_loop", "keras_jit")  # with other random numbers
NOT_APPLICABLE, INVALID = "NOT APPLICABLE", "INVALID"
_RUN_BY_OTHERS = ": the other modes run its train_step"
_STATIC = {"graph": (NOT_APPLICABLE, "outside a tf.Graph and its Session")}
_WRITTEN = _STATIC | dict.fromkeys(CUSTOM, (NOT_APPLICABLE, "it has a train_step of its own" + _RUN_BY_OTHERS))
_RANDOM = dict.fromkeys(COMPILED, (INVALID, "draw other numbers in another mode from the same seed"))
_LOSS = dict.fromkeys(CUSTOM, (NOT_APPLICABLE, "it has a compute_loss of its own" + _RUN_BY_OTHERS))
_SCALED = dict.fromkeys(CUSTOM, (NOT_APPLICABLE, "its optimizer scales the loss" + _RUN_BY_OTHERS))
_LENGTHS = dict.fromkeys(LOOPS, (NOT_APPLICABLE, "its own batches differ in shape"))

# Of each the modes in which it is not valid, with the verdict and a part of its reason.
KINDS = {
    "guide_steps:gan": _WRITTEN | _RANDOM,
    "guide_steps:accumulation": _WRITTEN,
    "guide_models:float16": _STATIC | _SCALED,
    "guide_models:bfloat16": _STATIC,
    "guide_steps:mean_teacher": _WRITTEN,
    "guide_models:lengths": _STATIC | _LENGTHS,
    "guide_models:augmented": _STATIC | _RANDOM,
    "guide_models:subclassed": _STATIC,
    "guide_models:named": _STATIC,
    "guide_steps:own_loss": _STATIC | _LOSS,
    "guide_models:with_lambda": _STATIC,
    "guide_steps:siamese": _WRITTEN,
}
FEW = ("function",)  # of which there is time in every test run


def verdict(model: str, mode: str, baseline: Measurement | None) -> tuple[tuple[str, str], Measurement | None]:
    """VALID, INVALID or what it failed with, and the reason with the advice; the measurement."""
    case = Case(mode, "cpu", 0, Workload(model, 4, "synthetic"))
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, in_full=True)
    taken = taken_or_failed(order, fakes(), stages(2, 3, 3))
    if isinstance(taken, Failure):
        return (taken.stage.upper(), taken.message), None
    reference = baseline or taken
    unequal = validity.unequal_work(taken.evidence, reference.evidence, "float32")
    later = (*validity.other_training(taken, reference, None), *validity.unproven_mode(taken))
    advice = validity.advice(taken.evidence, reference.evidence) if unequal else ""
    return (INVALID if unequal or later else "VALID", "; ".join([*unequal, *later, advice])), taken


def assert_as_foretold(model: str, modes: tuple[str, ...]) -> None:
    found, baseline = verdict(model, "eager", None)
    assert found[0] == "VALID", found
    for mode in modes:
        (what, why), _ = verdict(model, mode, baseline)
        wanted, part = KINDS[model].get(mode, ("VALID", ""))
        assert what == wanted, f"{mode}: {what}: {why}"
        assert part in why, f"{mode}: {why}"
        assert wanted != NOT_APPLICABLE or "\n" not in why


@pytest.mark.parametrize("model", KINDS)
def test_each_kind_computes_under_tf_function_what_it_computes_eagerly(model: str) -> None:
    assert_as_foretold(model, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("model", KINDS)
def test_each_kind_has_the_right_verdict_in_every_mode(model: str) -> None:
    assert_as_foretold(model, tuple(mode for mode in MODES if mode != "eager"))


def test_the_page_shows_every_kind() -> None:
    page = (Path(ROOT) / "docs" / "own-models.md").read_text()
    assert [kind for kind in KINDS if f"`{kind.partition(':')[2]}`" not in page] == []
