"""A case set up in TensorFlow: device and threads set, images loaded, the trainer ready to be built."""

from collections.abc import Callable, Iterable
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bench import modes
from bench.errors import NotApplicable, NotAvailable
from bench.machine import nvml
from bench.machine.nvml import Gpu, GpuLogger
from bench.modes import Trainer
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.settings import setting
from bench.worker import peer_setup
from bench.worker.together import Asks, alone
from cifar_core.cifar10 import TRAIN_PARTS, Source
from cifar_core.recipe import Recipe
from cifar_core.workload import INFER, Workload

if TYPE_CHECKING:
    from cifar_core.inputs import Inputs


class Setup(NamedTuple):
    """A case that can be built: what builds its trainer, the digest of its batches, what asks its other processes."""

    make_trainer: Callable[[], Trainer]
    batches_digest: str
    asks: Asks = alone


SetUp = Callable[[Order], Setup]


def set_up(order: Order) -> Setup:
    """Import TensorFlow, set what the case asks for, prepare the inputs. Raises NotAvailable without such a GPU."""
    if modes.row(order.case.mode).peer:
        make_trainer, arrays = peer_setup.set_up(order)
        return Setup(make_trainer, digest(arrays))
    import tensorflow as tf

    case = order.case
    if not case.replicas:
        set_device(tf, case.device)
    set_products(tf, case.device, case.workload.precision)
    if case.threads:
        tf.config.threading.set_intra_op_parallelism_threads(case.threads)
        tf.config.threading.set_inter_op_parallelism_threads(case.threads)
    if case.setting and (options := dict(setting(case.setting).grappler)):
        tf.config.optimizer.set_experimental_options(options)
    if case.deterministic:
        tf.config.experimental.enable_op_determinism()
        tf.random.set_seed(case.workload.seed)  # without which random ops are refused then
    strategy, asks = _open_strategy(tf, order) if case.replicas else ({}, alone)
    make_task, batches_digest = (own_task if case.workload.own_model else _builtin_task)(order.source, case.workload)
    open_trainer = modes.load(case.mode)
    return Setup(lambda: open_trainer(make_task, **_options(case), **strategy), batches_digest, asks)


def _open_strategy(tf: Any, order: Order) -> tuple[dict[str, Any], Asks]:
    """What the trainer of a case with replicas is given besides, and what asks its processes."""
    from bench.worker import replica_setup

    strategy, gathering = replica_setup.open_strategy(tf, order)
    return {"strategy": strategy}, gathering


MadeTask = tuple[Callable[..., Any], str]  # make the task, given `hold`; the digest of its batches


def _builtin_task(source: Source, workload: Workload) -> MadeTask:
    from cifar_core.inference import builtin_inference
    from cifar_core.training import timed_task

    make = builtin_inference if workload.task == INFER else timed_task
    inputs, batches_digest = _inputs(source, workload)
    return partial(make, workload, inputs), batches_digest


def own_task(source: Source, workload: Workload) -> MadeTask:
    """Of a person's own model or step. Raises whatever their code does, ModelError, and NotApplicable."""
    from cifar_core.own import opened

    own = opened(workload)
    if own.is_keras and workload.precision not in ("float32", "tf32"):
        raise NotApplicable("a keras.Model has its own precision: give it a dtype policy, and leave --dtypes alone")
    if own.batches is None:
        inputs, batches_digest = _inputs(source, workload)
        return partial(own.task, inputs), batches_digest
    if workload.input != "resident":
        raise NotApplicable("it brings its own batches, so CIFAR-10's pipeline has no part in it")
    batches = own.batches
    return partial(own.task, lambda hold: batches), digest(batches.arrays())


def _options(case: Case) -> dict[str, int]:
    return {"steps_per_call": case.steps_per_call} if case.steps_per_call else {}


Prepared = tuple[Callable[[Callable[[Any], Any]], "Inputs"], str]  # make the inputs, given `hold`; their digest


def _inputs(source: Source, workload: Workload) -> Prepared:
    """What CIFAR-10 gives to a step, or to a model that is asked for its answers."""
    if workload.task != INFER:
        return INPUTS[workload.input](source, workload)
    if workload.input != "resident":
        raise NotApplicable("inference is timed on batches that lie ready, so CIFAR-10's pipeline has no part in it")
    return _images(source, workload)


def _images(source: Source, workload: Workload) -> Prepared:
    from cifar_core import pipeline
    from cifar_core.inference import images_of

    batches = pipeline.resident(source, workload.batch_size, workload.seed)
    images = images_of(batches)  # here, for a TF1 graph cannot hold them eagerly
    return lambda hold: images, digest([batches.images])


def _resident(source: Source, workload: Workload) -> Prepared:
    from cifar_core import pipeline
    from cifar_core.inputs import Resident

    batches = pipeline.resident(source, workload.batch_size, workload.seed)
    return partial(Resident, batches), digest([batches.images, batches.labels])


def _pipeline(source: Source, workload: Workload) -> Prepared:
    """tf.data over the first batch file: shuffled, flipped, cropped, batched and prefetched, as a training would."""
    from cifar_core.inputs import Streamed

    part = source.read(TRAIN_PARTS[0])
    recipe = Recipe("timed", "", 1e-3, "constant", 0, workload.batch_size, 0, True, 0.0, 0.0, seed=workload.seed)
    streamed = Streamed(part, recipe, 0)  # here, for a TF1 graph cannot hold the images eagerly
    images, labels = next(streamed.feed())
    # Labels by the bytes that the file's have, as of resident batches: kept runs' digests were made of them.
    return lambda hold: streamed, digest([images.numpy(), labels.numpy().astype(np.int32)])


INPUTS: dict[str, Callable[[Source, Workload], Prepared]] = {"resident": _resident, "pipeline": _pipeline}


def set_device(tf: Any, device: str) -> None:
    """Let this process see the one device of its case. `gpu` is the first GPU, `gpu:1` the second."""
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
        return
    number = int(device.partition(":")[2] or 0)
    if number >= len(gpus):
        raise NotAvailable(f"TensorFlow sees {len(gpus)} GPUs, so there is no {device}; type: cifar-bench devices")
    tf.config.set_visible_devices([gpus[number]], "GPU")
    tf.config.experimental.set_memory_growth(gpus[number], True)


def set_products(tf: Any, device: str, precision: str) -> None:
    """float32 is 32 bits throughout on a GPU too; in TF32, TensorFlow's own choice there, products keep 10 of 23 bits.

    Raises NotApplicable for TF32 on a CPU.
    """
    if device != "cpu":
        tf.config.experimental.enable_tensor_float_32_execution(precision != "float32")
    elif precision == "tf32":
        raise NotApplicable("TF32 is a format of GPUs")


def log_gpu(order: Order) -> GpuLogger:
    """Begin to log the case's GPU; nothing on a CPU. Called once the case is set up."""
    return GpuLogger(gpu_of(order.case.device), nvml.of_this_run)


def gpu_of(device: str) -> Gpu | None:
    """A device's readings by NVML; None of a CPU, and where NVML does not find it."""
    kind, _, number = device.partition(":")
    return None if kind == "cpu" else nvml.find(int(number or 0))


def digest(arrays: Iterable[Any]) -> str:
    """A short digest of the arrays' exact bytes."""
    whole = sha256()
    for array in arrays:
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()[:16]
