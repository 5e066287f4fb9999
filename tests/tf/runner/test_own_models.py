"""A person's own model runs in every mode that can hold it, with the same proofs; what is wrong with it is said."""

import re
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_plan
from taken import fakes, stages, taken_or_failed

from bench.analysis import validity
from bench.modes import MODES, row
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import NOT_APPLICABLE, Failure, Measurement, Outcome
from bench.records.store import Store
from bench.report.run import build
from bench.runner.block import Block
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.workload import Workload

ELSEWHERE = ("autocluster", "xla_cached")  # which need flags before TensorFlow loads
HERE = [
    m.name
    for m in MODES
    if m.name not in ELSEWHERE and not m.peer and not m.replicas and not m.name.startswith("keras_predict")
]
KERAS = [name for name in HERE if name.startswith(("keras", "custom"))]
LOOPS = ["function_loop", "xla_loop"]


def taken(mode: str, model: str, steps_per_call: int = 0, **changes: Any) -> Measurement | Failure:
    """One case taken through the worker's stages in this process, from the folder of own_models.py."""
    case = Case(mode, "cpu", 0, Workload(f"own_models:{model}", 4, "synthetic", **changes), False, steps_per_call)
    per_call = steps_per_call or 3
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    return taken_or_failed(order, fakes(), stages(steps_per_call or 2, per_call, per_call))


def measured(mode: str, model: str, *steps_per_call: int, **changes: Any) -> Measurement:
    measurement = taken(mode, model, *steps_per_call, **changes)
    assert isinstance(measurement, Measurement), measurement
    return measurement


@cache
def baseline_of(model: str, **changes: Any) -> Measurement:
    """Eager's, once for all that is compared with it."""
    return measured("eager", model, **changes)


def failed(mode: str, model: str, **changes: Any) -> Failure:
    failure = taken(mode, model, **changes)
    assert isinstance(failure, Failure), failure
    return failure


def assert_agrees(case: Measurement, baseline: Measurement) -> None:
    assert validity.unequal_work(case.evidence, baseline.evidence, case.case.workload.precision) == ()
    assert validity.unproven_mode(case) == ()


@pytest.mark.parametrize(
    ("model", "cannot"),
    [
        ("compiled", {"graph": "outside a tf.Graph"}),
        ("uncompiled", {"graph": "outside a tf.Graph"}),
        ("lazy", dict.fromkeys(KERAS, "Lazy is not a keras.Model")),
        ("line", dict.fromkeys(KERAS, "function is not a keras.Model")),
        ("generator", dict.fromkeys(KERAS, "not a keras.Model") | dict.fromkeys(LOOPS, "come from Python one by one")),
    ],
)
def test_an_own_model_agrees_with_eager_in_every_mode_that_can_hold_it(model: str, cannot: dict[str, str]) -> None:
    baseline = baseline_of(model)
    for mode in HERE:
        if mode in cannot:
            refusal = failed(mode, model)
            assert (refusal.stage, cannot[mode] in refusal.message) == (NOT_APPLICABLE, True), refusal
        else:
            assert_agrees(measured(mode, model), baseline)


def test_a_compiled_models_own_loss_and_optimizer_are_what_is_trained_with() -> None:
    """Not ours: a step of SGD with momentum holds the learning rate, and the loss the regularisation."""
    own, plain = baseline_of("compiled").evidence, baseline_of("uncompiled").evidence
    assert own.first_losses[0] != plain.first_losses[0]
    assert not own.by_change


@pytest.mark.parametrize("mode", ["function", "xla", "keras_fit"])
def test_an_optimizer_without_gradients_in_its_slots_is_compared_by_what_it_changes(mode: str) -> None:
    case, baseline = measured(mode, "rms"), baseline_of("rms")
    assert baseline.evidence.by_change
    assert_agrees(case, baseline)
    other = measured(mode, "rms", seed=1)
    assert any("first change of" in r for r in validity.unequal_work(other.evidence, baseline.evidence, "float32"))


def test_random_layers_are_named_as_what_may_differ() -> None:
    case, baseline = measured("xla", "dropout"), measured("eager", "dropout")
    assert validity.unequal_work(case.evidence, baseline.evidence, "float32")
    assert "random layers (Dropout) draw" in validity.advice(case.evidence, baseline.evidence)
    other = measured("eager", "dropout", seed=1)
    assert "must give the same in every process" in validity.advice(other.evidence, baseline.evidence)


@pytest.mark.parametrize("mode", ["graph", "function", "xla"])
def test_a_plain_model_gets_its_inputs_in_the_precision_asked_for(mode: str) -> None:
    case, baseline = measured(mode, "lazy", precision="mixed_bfloat16"), baseline_of("lazy", precision="mixed_bfloat16")
    assert_agrees(case, baseline)
    assert case.evidence.first_losses[0] != baseline_of("lazy").evidence.first_losses[0]


def test_own_models_train_on_the_pipeline_of_cifar_and_only_of_cifar() -> None:
    baseline = measured("eager", "compiled", input="pipeline")
    for mode in ("function", "keras_fit"):
        assert_agrees(measured(mode, "compiled", input="pipeline"), baseline)
    refused = failed("eager", "line", input="pipeline")
    assert (refused.stage, "brings its own batches" in refused.message) == (NOT_APPLICABLE, True)
    refused = failed("eager", "compiled", precision="mixed_bfloat16")
    assert (refused.stage, "dtype policy" in refused.message) == (NOT_APPLICABLE, True)


@pytest.mark.parametrize("mode", ["function", "xla"])
@pytest.mark.parametrize(
    ("model", "change"),
    [
        ("ragged", "argument 1 (inputs['x']): float32 [4, 8] became float32 [1, 8]"),
        ("ragged", "argument 2 (labels): float32 [4, 1] became float32 [1, 1]"),
        ("number", "argument 1 (inputs['scale']): Python int "),
    ],
)
def test_a_retrace_while_timed_is_invalid_and_its_argument_named(mode: str, model: str, change: str) -> None:
    (reason,) = validity.unproven_mode(measured(mode, model))
    assert reason.startswith("it retraced 1 times while timed: argument")
    assert change in reason


@pytest.mark.parametrize("mode", [mode for mode in KERAS if row(mode).loops])
@pytest.mark.parametrize("model", ["own_models:compiled", "mlp"])
def test_keras_takes_several_steps_an_execution_and_still_agrees(mode: str, model: str) -> None:
    baseline = baseline_of("compiled") if ":" in model else builtin_baseline()
    case = measured(mode, "compiled", 3) if ":" in model else builtin(mode, 3)
    assert_agrees(case, baseline)
    assert case.proof.updates == case.proof.updates_expected
    assert (case.proof.updates - 5) % 3 == 0  # whole executions after the first five


def builtin(mode: str, steps_per_call: int = 0) -> Measurement:
    case = Case(mode, "cpu", 0, Workload("mlp", 4, "synthetic"), False, steps_per_call)
    measurement = taken_or_failed(Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC), fakes(), stages(3, 3, 3))
    assert isinstance(measurement, Measurement), measurement
    return measurement


@cache
def builtin_baseline() -> Measurement:
    return builtin("eager")


def test_keras_takes_whole_executions_once_it_has_begun() -> None:
    from bench import modes
    from cifar_core import pipeline
    from cifar_core.training import resident_task

    make_task = partial(resident_task, Workload("mlp", 4, "synthetic"), pipeline.resident(SYNTHETIC, 4, 0))
    trainer = modes.load("keras_fit")(make_task, steps_per_call=3)
    for steps, done in ((1, 1), (3, 4), (7, 4 + 9)):
        trainer.run(steps)
        trainer.sync()
        assert int(trainer.read([trainer.task.optimizer.iterations])[0]) == done
    assert trainer.traces() == 1


@pytest.mark.parametrize("mode", ["eager", "function"])
@pytest.mark.parametrize(
    ("model", "stage", "message"),
    [
        ("raises", "open", r"KeyError: 'unit' \(.*own_models\.py:\d+\)"),
        ("raises_in_call", "build", r"ValueError: the layer is broken \(.*own_models\.py:\d+\)"),
    ],
)
def test_a_persons_own_error_names_its_line_and_brings_their_traceback(
    mode: str, model: str, stage: str, message: str
) -> None:
    failure = failed(mode, model)
    assert failure.stage == stage
    assert re.fullmatch(message, failure.message)
    assert "own_models.py" in failure.stderr_tail
    assert "training.py" not in failure.stderr_tail  # ours is not what they can act on


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("nothing", r"own_models \(.*own_models\.py\) has no nothing; name a function that returns a tf.Module"),
        ("not_callable", "has a not_callable that cannot be called"),
        (
            "no_model",
            "the factory returned int 42, which is not a model; it must be a tf.Module, a keras.Model, or any",
        ),
        ("no_variables", "the model has no trainable variables"),
        ("no_pairs", r"batch\(\) must give pairs \(inputs, labels\), it gave ndarray"),
        (
            "misspelt",
            "the factory's dict has model, optimiser; it must have model, and may have loss, optimizer, batch",
        ),
    ],
)
def test_what_is_no_model_is_told_what_it_must_be(model: str, message: str) -> None:
    failure = failed("eager", model)
    assert failure.stage == "open"
    assert re.search(message, failure.message), failure.message


@pytest.mark.parametrize("spelling", ["nowhere:make", "own_models.nowhere:make"])
def test_a_module_that_is_not_there_says_where_it_was_looked_for(spelling: str) -> None:
    case = Case("eager", "cpu", 0, Workload(spelling, 4, "synthetic"))
    failure = taken_or_failed(Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC), fakes(), stages(2, 3))
    assert isinstance(failure, Failure)
    assert "there is no module" in failure.message
    assert f"neither in {Path.cwd()} nor on Python's path" in failure.message


def test_a_factory_that_fails_everywhere_is_one_line_and_one_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In real workers, started in the person's folder."""
    from bench.report.sections import failures

    (tmp_path / "mine.py").write_text("def make():\n    return 1 / 0\n")
    monkeypatch.chdir(tmp_path)
    cases = tuple(Case(mode, "cpu", 0, Workload("mine:make", 4, "synthetic")) for mode in ("eager", "function"))
    store = Store.create(tmp_path / "run", a_plan(cases, schedule=SCHEDULE))
    orders = [Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC) for case in cases]
    kept: list[Outcome] = []
    Block(orders, 0, lambda outcome, _: kept.append(outcome), lambda text, share: None).run()
    for outcome in kept:
        store.keep(outcome)
    report = build(store)
    line, traceback = failures.lines(report.run)
    assert line.endswith("eager, function, open: ZeroDivisionError: division by zero (mine.py:2) (repetition 0)")
    assert 'mine.py", line 2, in make' in traceback
    assert f"```text\n{traceback}\n```" in report.path.read_text()
    assert cases[0].key in {key for key, _ in Store.open(tmp_path / "run").held()}
    assert cases[0].key.startswith("mine.make-b4-")
