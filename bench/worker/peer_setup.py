"""A case of another framework set up without TensorFlow: its device and threads set, its arrays read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import modes
from bench.errors import NotApplicable, NotAvailable
from bench.modes import Trainer
from bench.modes.extras import missing
from bench.records.case import Case
from bench.records.messages import Order
from cifar_core import handed_over
from cifar_core.workload import STEP


def set_up(order: Order) -> tuple[Callable[[], Trainer], list[Any]]:
    """What makes the trainer, and its batches as TensorFlow's modes digest them.

    Raises NotAvailable without the framework, or without such a device.
    """
    case = order.case
    row = modes.row(case.mode)
    if reason := missing(row):
        raise NotAvailable(reason)
    if reason := _unsuited(case):
        raise NotApplicable(reason)
    path = Path(order.handed_over)
    if not path.is_file():
        raise RuntimeError("TensorFlow could not build the model to hand over its weights, which its own modes report")
    handed = handed_over.load(path)
    if handed.refused:
        raise NotApplicable(handed.refused)
    device = DEVICES[row.packages[0]](case)
    open_trainer = modes.load(case.mode)
    return lambda: open_trainer(handed, device), handed.digested()


def _unsuited(case: Case) -> str:
    """Why the case is TensorFlow's alone; '' where it is not."""
    workload = case.workload
    if workload.task == STEP:
        return "a step of your own calls TensorFlow, so no other framework can run it"
    if workload.own_model and not modes.row(case.mode).on_keras:
        return "a person's own model is TensorFlow's; on other frameworks Keras' modes run it, if it is a keras.Model"
    if workload.input != "resident":
        return "the input pipeline is TensorFlow's, so other frameworks take resident batches only"
    if workload.precision != "float32":
        return "other frameworks are compared in float32 only"
    return ""


def _torch_device(case: Case) -> Any:
    """PyTorch's device, with the case's threads and determinism in force, and float32 in full."""
    import torch

    if case.threads:
        torch.set_num_threads(case.threads)
        torch.set_num_interop_threads(case.threads)
    torch.use_deterministic_algorithms(case.deterministic)
    kind, _, number = case.device.partition(":")
    if kind == "cpu":
        return torch.device("cpu")
    if int(number or 0) >= torch.cuda.device_count():
        raise NotAvailable(f"PyTorch {torch.__version__} sees {torch.cuda.device_count()} GPUs, so no {case.device}")
    # Products keep all bits of float32, as in TensorFlow's modes; PyTorch's convolutions would take TF32.
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    torch.cuda.set_device(int(number or 0))  # which Keras' variables are made on
    return torch.device("cuda", int(number or 0))


def _jax_device(case: Case) -> Any:
    """JAX's device, with float32 in full."""
    import jax

    if case.threads:
        raise NotApplicable("JAX takes no number of CPU threads")
    if case.deterministic and case.device != "cpu":
        raise NotApplicable("JAX has no switch for deterministic ops on a GPU")
    jax.config.update("jax_default_matmul_precision", "highest")
    kind, _, number = case.device.partition(":")
    if kind == "cpu":
        return jax.devices("cpu")[0]
    gpus = [device for device in jax.devices() if device.platform == "gpu"]
    if int(number or 0) >= len(gpus):
        raise NotAvailable(f"JAX {jax.__version__} sees {len(gpus)} GPUs, so no {case.device}")
    return gpus[int(number or 0)]


DEVICES: dict[str, Callable[[Case], Any]] = {"torch": _torch_device, "jax": _jax_device}
