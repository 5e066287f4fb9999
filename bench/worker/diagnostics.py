"""Diagnostics of a case once it is timed: profile, structure, peaks, accuracy. TensorFlow is imported only then."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bench import modes
from bench.modes import Trainer
from bench.modes.placement import at_home
from bench.records.costs import Costs
from bench.records.devices import Placement
from bench.records.messages import Order
from bench.records.run import Accuracy
from bench.worker.energy import energy
from bench.worker.latency import latency
from bench.worker.replicas import all_reduce_cost
from bench.worker.setup import gpu_of
from bench.worker.trace import trace
from cifar_core.batch_file import Part
from cifar_core.cifar10 import TEST_PART
from cifar_core.workload import INFER

TEST_IMAGES = 1000  # the first of the test part


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """What they add to a measurement."""

    costs: Costs
    accuracy_after: Accuracy | None = None
    placement: Placement | None = None


Clock = Callable[[], float]
Diagnose = Callable[[Order, Trainer, int, Clock, Costs], Diagnostics]
SIDES = {"cpu": 2048, "gpu": 8192}  # of the square matrices: large enough that a product keeps the device busy
ENERGY_BLOCKS = 3  # enough for an interval: it takes some four seconds a case
PEAK_S = 0.5  # how long products are repeated; the fastest counts


def diagnose(order: Order, trainer: Trainer, steps: int, clock: Clock, costs: Costs) -> Diagnostics:
    """The costs, with all that can be measured now. Trains some more: `steps` under the profiler, and a few others; on
    a GPU for some seconds.

    The device's peak is measured by the A/A control in the first block.
    """
    if order.block < ENERGY_BLOCKS and order.case.replicas <= 1 and not order.addresses:
        costs = replace(costs, energy=energy(trainer, gpu_of(order.case.device), steps, clock))
    if modes.row(order.case.mode).peer:
        return Diagnostics(_with_latency(order, trainer, clock, costs))  # all others ask TensorFlow
    kind = order.case.device.partition(":")[0]
    if kind == "gpu":
        costs = replace(costs, device_peak_bytes=_allocated())
    # Within a cluster of processes TensorFlow's op that waits for a device is refused.
    if kind == "gpu" and not order.addresses:
        from bench.worker.device_costs import synced

        costs = replace(costs, synced=synced(trainer, steps, clock, modes.row(order.case.mode).loops))
    if order.block == 0:
        costs = _once(order, trainer, steps, clock, costs)
    costs = _with_latency(order, trainer, clock, costs)
    looks = kind == "gpu" and order.block == 0
    placement = at_home(trainer.placement(), *modes.homes_of(order.case)) if looks else None
    return Diagnostics(costs, _accuracy(order, trainer), placement)


def _once(order: Order, trainer: Trainer, steps: int, clock: Clock, costs: Costs) -> Costs:
    """What is measured in a run's first block."""
    from bench.worker.operations import operations
    from bench.worker.profiler import profile

    def train(count: int = steps) -> None:
        trainer.run(count)
        trainer.sync()

    case, kind = order.case, order.case.device.partition(":")[0]
    if case.replicas > 1:
        costs = replace(costs, all_reduce=all_reduce_cost(trainer, steps, clock))
    if case.again:
        costs = _of_device(order, clock, kind, costs)
    found = profile(train, steps, clock, order.number, modes.row(case.mode).compiles)
    costs = replace(costs, profile=found, structure=trainer.structure())
    # Processes of one cluster must take equally many steps, which this has each of them choose.
    if kind == "cpu" and not case.again and not order.addresses:
        costs = replace(costs, operations=operations(train, case.steps_per_call or 1, clock))
    return replace(costs, trace=trace(trainer, order, steps)) if order.trace else costs


def _of_device(order: Order, clock: Clock, kind: str, costs: Costs) -> Costs:
    """What holds for the device, whatever the mode."""
    from bench.worker.device_costs import batch_copy_s

    workload = order.case.workload
    costs = replace(costs, matmul_flops_per_s=_matmul(SIDES[kind], workload.precision, clock))
    if kind == "gpu" and not workload.own_model:
        costs = replace(costs, batch_copy_s=batch_copy_s(workload.batch_size, clock))
    return costs


def _with_latency(order: Order, trainer: Trainer, clock: Clock, costs: Costs) -> Costs:
    return replace(costs, latency=latency(trainer, clock)) if order.case.workload.task == INFER else costs


def no_diagnostics(order: Order, trainer: Trainer, steps: int, clock: Clock, costs: Costs) -> Diagnostics:
    """The costs as they are: where there is no TensorFlow."""
    return Diagnostics(costs)


def _accuracy(order: Order, trainer: Trainer) -> Accuracy | None:
    """In the first block only, for it takes a second. Comes last: in a TF1 graph the answer is one more part of it."""
    workload = order.case.workload
    if order.block or order.case.again or workload.own_model or workload.task == INFER:
        return None
    from cifar_core.evaluation import evaluate

    test = order.source.read(TEST_PART)
    first = Part(test.images[:TEST_IMAGES], test.labels[:TEST_IMAGES])
    updates = int(trainer.read([trainer.task.optimizer.iterations])[0])
    return Accuracy(evaluate(trainer, first)[1], len(first.labels), updates)


def _allocated() -> int:
    """The GPU allocator's high-water mark in bytes; this process sees one GPU, its own."""
    import tensorflow as tf

    return int(tf.config.experimental.get_memory_info("GPU:0")["peak"])


def _matmul(side: int, precision: str, clock: Clock) -> float:
    """Floating-point operations a second of the fastest of many products of two square matrices.

    In the precision in which the step computes; two operations for each multiply-add.
    """
    import tensorflow as tf

    from cifar_core.training import PRECISIONS

    matrix = tf.cast(tf.random.stateless_uniform([side, side], [0, 0]), PRECISIONS[precision].compute)
    fastest_s, end = _product_s(tf, matrix, clock), clock() + PEAK_S
    while clock() < end:
        fastest_s = min(fastest_s, _product_s(tf, matrix, clock))
    return 2 * side**3 / fastest_s


def _product_s(tf: Any, matrix: Any, clock: Clock) -> float:
    start = clock()
    float(tf.matmul(matrix, matrix)[0, 0])  # reading a value waits for the device
    return clock() - start
