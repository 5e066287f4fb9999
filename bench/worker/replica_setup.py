"""A case with replicas set up: its devices, its tf.distribute strategy, and what its processes tell each other."""

from importlib import import_module
from typing import Any

from bench import modes
from bench.errors import NotApplicable, NotAvailable
from bench.modes.gathering import Gathering
from bench.records.case import Case
from bench.records.messages import Order
from cifar_core.workload import INFER


def open_strategy(tf: Any, order: Order) -> tuple[Any, Gathering]:
    """Before TensorFlow has run anything; waits for the case's other processes.

    Raises NotApplicable for a task that no replicas can share, NotAvailable without so many GPUs.
    """
    case = order.case
    if reason := unsuited(case):
        raise NotApplicable(reason)
    mode, kind = import_module(f"bench.modes.{case.mode}"), case.device.partition(":")[0]
    _set_devices(tf, order, kind)
    strategy = mode.open_strategy(kind, case.replicas, order.addresses, order.number)
    return strategy, mode.gathering(strategy)


def unsuited(case: Case) -> str:
    """Why replicas cannot share the task; '' where they can."""
    workload = case.workload
    if workload.task == INFER:
        return "replicas average gradients, and inference has none"
    if workload.own_model and modes.row(case.mode).replicas == "processes":
        return (
            "a person's own model brings its own optimizer, which would have to average its gradients; nor does Keras' "
            "fit work under MultiWorkerMirroredStrategy in Keras 3.15 (keras#20585)"
        )
    if workload.own_model:
        return "a person's own model brings its own optimizer, which would have to average its gradients"
    return ""


def _set_devices(tf: Any, order: Order, kind: str) -> None:
    """As many devices as this process has replicas. The processes of one machine take a GPU each, in order."""
    case = order.case
    each_has_one = modes.row(case.mode).replicas == "processes"
    count = 1 if each_has_one else case.replicas
    if kind == "cpu":
        tf.config.set_visible_devices([], "GPU")
        cpu = tf.config.list_physical_devices("CPU")[0]
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
        return
    first = order.number if each_has_one and not order.hosts else 0
    gpus = tf.config.list_physical_devices("GPU")
    if first + count > len(gpus):
        raise NotAvailable(f"TensorFlow sees {len(gpus)} GPUs, and {case.replicas} replicas need one each")
    tf.config.set_visible_devices(gpus[first : first + count], "GPU")
    for gpu in gpus[first : first + count]:
        tf.config.experimental.set_memory_growth(gpu, True)
