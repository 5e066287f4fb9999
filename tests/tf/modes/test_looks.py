"""What diagnostics see inside each mode, after timing, leaves its proof as it was; and the accuracy of its weights."""

from functools import partial

import numpy as np
import pytest
from builders import ENVIRONMENT, SCHEDULE
from measured import BATCH
from taken import stages
from taken import taken as taken_through

from bench import modes
from bench.analysis import validity
from bench.modes import MODES, Trainer
from bench.records.case import Case
from bench.records.costs import Costs
from bench.records.messages import Order
from bench.records.run import Measurement
from bench.worker import diagnostics
from bench.worker.diagnostics import Diagnostics
from bench.worker.instruments import Instruments
from bench.worker.timer import Clock
from cifar_core import pipeline
from cifar_core.batch_file import Part
from cifar_core.cifar10 import SYNTHETIC, TEST_PART
from cifar_core.evaluation import evaluate
from cifar_core.training import resident_task
from cifar_core.workload import Workload

ELSEWHERE = ("autocluster", "xla_cached")  # which need flags before TensorFlow loads
HERE = [
    m.name
    for m in MODES
    if m.name not in ELSEWHERE and not m.peer and not m.replicas and not m.name.startswith("keras_predict")
]


class TrainedThen:
    """The real diagnostics, which remember how far the case had trained; the replay that follows puts nothing back."""

    updates: int
    weights: list[np.ndarray]

    def diagnose(self, order: Order, trainer: Trainer, steps: int, clock: Clock, costs: Costs) -> Diagnostics:
        diagnosed = diagnostics.diagnose(order, trainer, steps, clock, costs)
        self.updates = int(trainer.read([trainer.task.optimizer.iterations])[0])
        self.weights = trainer.read(trainer.task.weights)
        return diagnosed


@pytest.mark.parametrize("mode", HERE)
def test_a_look_inside_each_mode_sees_its_calls_and_what_became_of_its_step(mode: str) -> None:
    workload = Workload("mlp", BATCH, "synthetic")
    case = Case(mode, "cpu", 0, workload, again=mode == "eager")
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    seen = TrainedThen()
    _, measurement = taken_through(order, Instruments(diagnose=seen.diagnose), stages(2, 3))
    assert measurement.costs
    assert validity.unproven_mode(measurement) == ()  # looking changes nothing that was proven before
    costs, profile, structure = measurement.costs, measurement.costs.profile, measurement.costs.structure
    assert profile
    assert structure
    assert 0 < profile.executing_s < profile.wall_s
    eager = mode in ("eager", "keras_eager", "custom_loop")
    assert profile.calls > 100 if eager else 1 <= profile.calls <= 3 * 10
    assert (costs.trace_s is not None) == (mode.startswith(("function", "xla", "custom_loop_function")))
    assert (structure.fusions is not None) == (mode in ("xla", "xla_loop"))
    assert (costs.matmul_flops_per_s is not None) == (mode == "eager")
    if costs.operations:
        assert "MatMul" in {each.name for each in costs.operations.operations}
        assert sum(each.cpu_s for each in costs.operations.operations) <= costs.operations.cpu_s
    assert bool(costs.operations) == (mode != "eager")  # here the A/A control, which is looked into no further
    assert (structure.flops is None) == (mode == "keras_eager")
    if structure.flops is not None:
        # A product of [4, n] and [n, m] is 2 * 4 * n * m; each of five kernels has one forward, one or two backward.
        kernels = 3072 * 128 + 3 * 128 * 128 + 128 * 10
        # Keras' optimizer updates a weight by small operations, which are counted; a fused one counts nothing.
        updates = 12 * 444_170 if mode.startswith(("custom", "keras")) else 0
        assert 2 * 2 * BATCH * kernels < structure.flops < 3.1 * 2 * BATCH * kernels + updates
    if structure.ops_optimised is not None and mode != "function_loop":
        assert 0 < structure.ops_optimised < measurement.proof.execution.graph_ops
    assert_accuracy(measurement, seen)


def assert_accuracy(measurement: Measurement, then: TrainedThen) -> None:
    """It is that of the weights as they were then, for eager answers the same with them."""
    found = measurement.accuracy_after
    if measurement.case.again:
        assert found is None
        return
    assert found
    assert (found.images, found.updates) == (1000, then.updates)
    assert then.updates >= measurement.proof.updates + measurement.steady.steps_per_slice
    eager = modes.load("eager")(partial(resident_task, measurement.case.workload, pipeline.resident(SYNTHETIC, 4, 0)))
    eager.write(eager.task.weights, then.weights)
    test = SYNTHETIC.read(TEST_PART)
    _, share = evaluate(eager, Part(test.images[:1000], test.labels[:1000]))
    assert found.share == pytest.approx(share, abs=2 / 1000)
