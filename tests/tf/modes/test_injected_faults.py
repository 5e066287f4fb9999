"""Every injected fault is found and named, in several modes; honest modes pass the same checks."""

import re
from functools import cache, partial
from typing import Any

import pytest
from builders import ENVIRONMENT, SCHEDULE
from injected import FAULTS, ONLY_IN, Fault
from places import ROOT
from taken import fakes, stages, taken

from bench import modes
from bench.analysis import validity
from bench.analysis.gradients import with_noise_of
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import Measurement
from bench.worker.setup import INPUTS, Setup
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.training import timed_task
from cifar_core.workload import Workload

SLICES = [3] * 12  # so that the updates go past the last mark and past LATE
NONE = Fault("none", "")
SLOW = pytest.mark.slow


def measured(mode: str, model: str, fault: Fault = NONE, measures_noise: bool = False) -> Measurement:
    """A case with the fault, taken through all stages in this process."""
    workload = Workload(model, 16, "synthetic")

    def set_up(_: Order) -> Setup:
        make_inputs, digest = INPUTS[workload.input](SYNTHETIC, workload)
        return Setup(lambda: opened(partial(timed_task, workload, make_inputs)), digest)

    def opened(make_task: Any) -> Any:
        def faulty(*hold: Any) -> Any:
            task = make_task(*hold)
            if fault.task:
                fault.task(task)
            return task

        trainer = modes.load(mode)(faulty)
        if fault.trainer:
            fault.trainer(trainer)
        return trainer

    order = Order(Case(mode, "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, measures_noise)
    return taken(order, fakes(set_up), stages(10, *SLICES))[1]


@cache
def baseline_of(model: str) -> Measurement:
    return measured("eager", model, measures_noise=True)


def reasons(case: Measurement, model: str) -> tuple[str, ...]:
    """All that any check says."""
    baseline = baseline_of(model)
    expected = with_noise_of(baseline.evidence, baseline.evidence)
    return (
        *validity.unequal_work(case.evidence, expected, "float32"),
        *validity.unproven_mode(case),
        *validity.other_training(case, baseline, baseline.evidence),
    )


MODES = ("function", "eager", "graph")
FLAGGED = ("autocluster", "xla_cached", "xla_loop")  # two need flags before TensorFlow loads, one takes long
# Each fault in one mode on the MLP; the others take long.
QUICK = {fault.name: MODES[number % len(MODES)] for number, fault in enumerate(FAULTS)}
CASES = [
    pytest.param(mode, model, fault, id=f"{mode}-{model}-{fault.name}", marks=[] if quick else [SLOW])
    for fault in FAULTS
    for model in ("mlp", "tutorial_cnn")
    for mode in MODES
    if (quick := model == "mlp" and QUICK[fault.name] == mode) or True
]
# XLA sums in another order, so its way may differ further; only the way, or a late update, shows these.
CASES += [
    pytest.param("xla", model, fault, id=f"xla-{model}-{fault.name}", marks=[SLOW] if model == "tutorial_cnn" else [])
    for fault in FAULTS
    for model in ("mlp", "tutorial_cnn")
    if fault.found.startswith("after ") or fault.found == "late"
]


@pytest.mark.parametrize(("mode", "model", "fault"), CASES)
def test_an_injected_fault_is_named(mode: str, model: str, fault: Fault) -> None:
    found = reasons(measured(mode, model, fault), model)
    assert any(_says(fault.found, reason) for reason in found), found


@pytest.mark.parametrize(
    ("model", "mode", "fault"),
    [
        pytest.param(model, mode, fault, id=f"{mode}-{model}-{fault.name}", marks=[SLOW] if model == "resnet9" else [])
        for model, mode, fault in ONLY_IN
    ],
)
def test_a_fault_of_one_mode_or_model_is_named(model: str, mode: str, fault: Fault) -> None:
    found = reasons(measured(mode, model, fault), model)
    assert any(_says(fault.found, reason) for reason in found), found


def _says(pattern: str, reason: str) -> bool:
    return re.search(pattern, reason) is not None


@pytest.mark.parametrize("model", ["mlp", pytest.param("tutorial_cnn", marks=SLOW)])
@pytest.mark.parametrize(
    "mode",
    [
        m.name
        for m in modes.MODES
        if m.name not in FLAGGED and not m.peer and not m.replicas and m.groups != ("inference",)
    ],
)
def test_an_honest_mode_passes_every_check(mode: str, model: str) -> None:
    case = measured(mode, model)
    assert reasons(case, model) == ()
    assert case.proof.replay
    assert case.proof.replay.first.whole == 0.0
    assert case.proof.calls


def test_the_documentation_lists_every_fault_that_is_tested() -> None:
    text = (ROOT / "docs" / "methods.md").read_text()
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ") and line.count("|") == 3]
    every = [*FAULTS, *(fault for _, _, fault in ONLY_IN)]
    assert [fault.name for fault in every if fault.name not in rows] == []
