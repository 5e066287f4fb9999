"""Real records and plain fakes for the tests: a case, a measurement, a trainer and a clock that do as they are told."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np

from bench.records.case import Case
from bench.records.costs import Costs, OperationTime, Profile, StepOperations, Structure
from bench.records.devices import GpuLog, Guests, Reading
from bench.records.environment import Environment
from bench.records.proof import (
    Calls,
    Evidence,
    Execution,
    GradientSketch,
    Late,
    Proof,
    Reached,
    Repeated,
    Replay,
    Updated,
)
from bench.records.run import FORMAT, Measurement, Outcome, Plan, Samples, Schedule
from bench.records.training import AccuracyPlan, Point, Training
from cifar_core.recipe import RECIPES
from cifar_core.workload import Workload

WORKLOAD = Workload("tutorial_cnn", 64, "synthetic")
SCHEDULE = Schedule("quick", blocks=2, rounds=3, warmup_steps=2, slice_s=0.01)
PLANNED = replace(SCHEDULE, blocks=8)  # as many as any test makes up
ENVIRONMENT = Environment(
    os="Linux", cpu="a CPU", cores=2, cgroup_quota_cores=None, memory_bytes=2**34, gpu=None, driver=None,
    python="3.11", tensorflow="2.21.0", numpy="2.0", flags=(), commit="0123456789ab", dirty=False, load_before=0.1,
)  # fmt: skip
EXECUTIONS = {
    "eager": Execution(0, 0, 0, None, ("CPU:0",)),
    "graph": Execution(0, 298, 0, None, ("CPU:0",)),
    "function": Execution(1, 166, 0, None, ("CPU:0",)),
    "xla": Execution(1, 166, 1, 683, ("CPU:0",)),
    "function_unconverted": Execution(1, 166, 0, None, ("CPU:0",), converted=False),
    "function_loop": Execution(1, 198, 0, None, ("CPU:0",), loops=1, converted=True),
    "xla_loop": Execution(1, 198, 1, 700, ("CPU:0",), loops=1, converted=True),
    "autocluster": Execution(1, 166, 0, None, ("CPU:0",), clusters=1, converted=True),
    "keras_fit": Execution(1, 549, 0, None, ("CPU:0",)),
    "keras_jit": Execution(1, 549, 1, None, ("CPU:0",)),
    "keras_eager": Execution(0, 0, 0, None, ("CPU:0",)),
    "custom_loop": Execution(0, 0, 0, None, ("CPU:0",)),
    "custom_loop_function": Execution(1, 400, 0, None, ("CPU:0",), converted=True),
    "keras_predict": Execution(1, 40, 0, None, ("CPU:0",)),
    "keras_predict_on_batch": Execution(1, 40, 0, None, ("CPU:0",)),
    "xla_cached": Execution(1, 166, 1, 683, ("CPU:0",), cache_reads=1),
    "mirrored": Execution(1, 553, 0, None, ("CPU:0", "CPU:1"), converted=True),
    "multi_worker": Execution(1, 293, 0, None, ("CPU:0",), converted=True),
    "torch_eager": Execution(devices=("CPU:0",), library="PyTorch 2.13.0, fused Adam"),
    "torch_compile": Execution(1, 25, devices=("CPU:0",), library="PyTorch 2.13.0, TorchInductor"),
    "jax_jit": Execution(1, 231, 1, devices=("CPU:0",), library="JAX 0.10.2"),
    "keras_jax": Execution(1, 231, 1, devices=("CPU:0",), library="Keras 3.15.1 on JAX 0.10.2"),
    "keras_torch": Execution(devices=("CPU:0",), library="Keras 3.15.1 on PyTorch 2.13.0"),
}
_STEP = Calls(0, 0, ("loss_of_step",), (), True)
_COMPILED = replace(_STEP, compiled=("loss_of_step",))
_OF_KERAS = Calls(2, 0, ("multi_step_on_iterator",))
CALLS = {
    **dict.fromkeys(EXECUTIONS, _STEP),
    "eager": Calls(63, 11, ()),
    "graph": Calls(0, 0, ()),
    "xla": _COMPILED,
    "xla_loop": _COMPILED,
    "keras_fit": _OF_KERAS,
    "keras_jit": replace(_OF_KERAS, compiled=("one_step_on_data",)),
    "keras_eager": Calls(386, 33, ()),
    "keras_predict": Calls(16, 0, ("one_step_on_data_distributed",)),
    "keras_predict_on_batch": Calls(0, 0, ("one_step_on_data_distributed",)),
    "custom_loop": Calls(365, 33, ()),
    "xla_cached": _COMPILED,
    "torch_eager": Calls(89, 2, ()),
    "jax_jit": _COMPILED,
    "keras_jax": _COMPILED,
    "keras_torch": Calls(134, 8, ()),
}
FIRST_CALLS_S = {**dict.fromkeys(EXECUTIONS, 1.0), "eager": 0.3, "graph": 0.2, "function": 0.5, "xla": 2.5}


def a_case(mode: str = "eager", again: bool = False, **changes: Any) -> Case:
    return Case(mode, "cpu", 0, replace(WORKLOAD, **changes), again)


def a_group(modes: Sequence[str] = ("eager", "graph", "function", "xla")) -> tuple[Case, ...]:
    baseline, *others = [a_case(mode) for mode in modes]
    return (baseline, replace(baseline, again=True), *others)


def a_plan(cases: tuple[Case, ...] | None = None, **changes: Any) -> Plan:
    plan = Plan(
        FORMAT, "2026-01-01T00:00:00+00:00", 0, "synthetic", "made-up images", True, cases or a_group(), PLANNED
    )
    return replace(plan, **changes)


def an_evidence(**changes: Any) -> Evidence:
    sketch = GradientSketch("kernel", 1.0, (0.5, -0.5))
    return replace(Evidence("batches", "weights", (2.3, 2.2, 2.1, 2.0, 1.9), (sketch,)), **changes)


def a_measurement(case: Case | None = None, block: int = 0, step_s: float = 0.05, **changes: Any) -> Measurement:
    """A valid measurement whose three slices of two steps took `step_s` a step, give or take a per cent."""
    case = case or a_case()
    measurement = Measurement(
        case=case,
        block=block,
        schedule=SCHEDULE,
        environment=ENVIRONMENT,
        load_s=3.0,
        build_s=0.1,
        first_call_s=FIRST_CALLS_S[case.mode],
        warmup=Samples((2 * step_s,), 2),
        steady=Samples(tuple(2 * step_s * factor for factor in (0.99, 1.0, 1.01)), 2),
        last_loss=1.5,
        evidence=an_evidence(),
        proof=Proof(EXECUTIONS[case.mode], 0, 13, 13),
        peak_memory_bytes=700 * 2**20,
    )
    return replace(measurement, **changes)


def an_update(updates: int = 1, **changes: Any) -> Updated:
    """An honest update by Adam: a few rounding units off."""
    return replace(Updated(updates, 3.0, 2.0, 1e-7, "kernel"), **changes)


def a_reached(updates: int = 10, **changes: Any) -> Reached:
    """Directions at the first mark only, as the worker writes them."""
    projections = ((0.006, -0.008),) if updates <= 10 else ()
    return replace(Reached(updates, 1.9, (0.01,), (0.2,), projections), **changes)


def a_repeated(updates: int = 5, **changes: Any) -> Repeated:
    return replace(Repeated(updates, 0.0, 0.0, 0.0, ""), **changes)


def a_replay(**changes: Any) -> Replay:
    return replace(Replay(a_repeated(), a_repeated(20), 0), **changes)


def a_late(**changes: Any) -> Late:
    sketch = GradientSketch("kernel", 1.0, (0.5, -0.5))
    return replace(Late(13, 2.3, (sketch,), an_update(14)), **changes)


def a_full_proof(mode: str = "eager", **changes: Any) -> Proof:
    """All that is looked at of a case, from its first update to its last."""
    proof = Proof(
        EXECUTIONS[mode], 0, 13, 13, 0, None, CALLS[mode], 0, 0, (), (a_reached(), a_reached(13)), a_late(), a_replay()
    )
    return replace(proof, **changes)


def a_full_measurement(case: Case | None = None, block: int = 0, step_s: float = 0.05, **changes: Any) -> Measurement:
    """As `a_measurement`, with the evidence of the updates after the first five; `changes` are of its proof."""
    case = case or a_case()
    settings = (("beta_1", 0.9), ("learning_rate", 1e-3))
    evidence = an_evidence(hyperparameters=settings, updated=(an_update(1), an_update(2)))
    return a_measurement(case, block, step_s, evidence=evidence, proof=a_full_proof(case.mode, **changes))


def a_costs(mode: str, **changes: Any) -> Costs:
    """What was counted beside the clock: half of eager's profiled time lies outside kernels, a twentieth elsewhere."""
    profile = Profile(5, 0.2, 0.1 if mode == "eager" else 0.19, 400 if mode == "eager" else 5)
    structure = {
        "function": Structure(ops_optimised=111, flops=4 * 10**9, fused=(("Conv2D", "BiasAdd"),)),
        "xla": Structure(hlo_optimised=912, fusions=94),
    }.get(mode, Structure())
    trace_s = {"function": 0.5, "function_unconverted": 0.1, "xla": 0.5}.get(mode)
    peak = 240e9 if mode == "eager" else None
    costs = Costs(0.3, 2**30, 2**30, trace_s, None, peak, profile, structure, operations=an_operations(mode))
    return replace(costs, **changes)


def an_operations(mode: str) -> StepOperations | None:
    """Five profiled steps of 40 ms in eager, half of them in pools, and of 20 ms in tf.function."""
    spent = {
        "eager": (("MaxPoolGrad", 0.1, 15), ("Conv2D", 0.06, 15), ("BiasAdd", 0.02, 15)),
        "function": (("Conv2D", 0.06, 15), ("MaxPoolGrad", 0.03, 10)),
        "xla": (("MaxPoolGrad", 0.3, 100), ("Conv2D", 0.09, 15)),
    }.get(mode)
    if spent is None:
        return None
    parts = tuple(OperationTime(*part, onednn=mode == "function") for part in spent)
    cpu_s = {"eager": 0.2, "function": 0.1, "xla": 0.4}[mode]
    return StepOperations(5, cpu_s, 0.1 * (cpu_s - sum(part.cpu_s for part in parts)), parts)


def outcomes(plan: Plan, step_s: dict[str, float], blocks: int = 6, **changes: Any) -> list[Outcome]:
    """One valid outcome for each case of the plan that `step_s` (by arm) names, in each block, a little uneven."""
    return [
        Outcome(
            measurement=a_measurement(case, block, step_s[case.arm] * (1 + 0.002 * ((block + number) % 3)), **changes)
        )
        for block in range(blocks)
        for number, case in enumerate(plan.cases)
        if case.arm in step_s
    ]


def a_training(mode: str = "eager", **changes: Any) -> Training:
    training = Training(
        FORMAT, "2026-01-01T00:00:00+00:00", mode, "tutorial_cnn", replace(RECIPES[1], steps=300), 300, 100,
        "synthetic", "synthetic", "made-up images", False, ENVIRONMENT,
    )  # fmt: skip
    return replace(training, **changes)


def an_accuracy_plan(modes: Sequence[str] = ("eager", "graph", "function", "xla"), seeds: int = 5) -> AccuracyPlan:
    return AccuracyPlan(FORMAT, a_training(modes[0]), tuple(modes), tuple(range(seeds)), 0.6, 0.01)


def a_point(step: int = 100, step_s: float = 0.05, test_accuracy: float = 0.5, **changes: Any) -> Point:
    """A displayed step of a training whose first call took a second, and whose steps wait a tenth of their time."""
    seconds = 1.0 + step * step_s
    return replace(
        Point(step, 1.0, test_accuracy, step_s, seconds, 1.0, 0.1 * seconds, 1.1, test_accuracy),
        **changes,
    )


class FakeClock:
    """Time passes only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class FakeTrainer:
    """Counts its steps, lets the clock pass, and goes wrong on demand: `on_step(steps so far)` may do anything.

    A step takes 1 from the weight; the loss is a function of the updates.
    """

    def __init__(
        self, mode: str = "eager", clock: FakeClock | None = None, step_s: float = 0.01, scale: float = 1.0,
        on_step: Callable[[int], None] = lambda steps: None, loss: Callable[[int], float] = lambda steps: 2.3,
    ) -> None:  # fmt: skip
        self.mode, self.clock, self.step_s, self.on_step, self.loss = mode, clock or FakeClock(), step_s, on_step, loss
        self.steps = 0
        self.weight, self.slot = a_variable("kernel", np.ones(4, np.float32)), a_variable("m", scale * np.ones(4))
        self.iterations = a_variable("iterations", np.int64(0))
        state = (self.weight, self.slot, self.iterations)
        optimizer = SimpleNamespace(
            slots=[self.slot], squares=(), iterations=self.iterations, by_change=False, first_gradients=list,
            hyperparameters=lambda: {"learning_rate": 1e-3},
        )  # fmt: skip
        self.task = SimpleNamespace(
            weights=[self.weight], averages=(), optimizer=optimizer, state=lambda: state, random_layers=None,
            inputs=SimpleNamespace(repeats=np.inf, period=0),
            computes_in="",
        )  # fmt: skip

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.steps += 1
            self.on_step(self.steps)
            self._update()

    def step_again(self, number: int) -> None:
        self._update()

    def _update(self) -> None:
        self.weight.value = self.weight.value - 1
        self.iterations.value = self.iterations.value + 1
        self.clock.now += self.step_s

    def rewind(self) -> None:
        pass

    def write(self, variables: Sequence[Any], values: Sequence[Any]) -> None:
        for variable, value in zip(variables, values, strict=True):
            variable.value = value

    def sync(self) -> float:
        return self.loss(int(self.iterations.value))

    def read(self, variables: Sequence[Any]) -> list[Any]:
        return [variable.value for variable in variables]

    def tracing_us(self) -> int:
        return 0

    def traces(self) -> int:
        return EXECUTIONS[self.mode].traces

    def calls(self) -> Calls:
        self.run(1)
        return CALLS[self.mode]

    def execution(self) -> Execution:
        return EXECUTIONS[self.mode]


def a_variable(name: str, value: Any) -> SimpleNamespace:
    """What stands for a tf.Variable."""
    return SimpleNamespace(name=f"{name}:0", value=value, shape=np.shape(value))


A_READING = Reading(1980, 2619, 412.3, 61)


def a_gpu_log(*slices: Reading, others: tuple[str, ...] = ()) -> GpuLog:
    """A log whose slices are these; 35 degrees before."""
    before, guests = replace(A_READING, temperature_c=35), Guests(others, 3 * 2**30)
    return GpuLog("A GPU", "580.1", before, slices, A_READING, guests, guests)
