"""The child that hands a TensorFlow task over to other frameworks: it builds the task and writes its arrays in a file.

An Order in, one Reply to the one request. Nothing is trained or timed.
"""

import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import msgspec
import numpy as np

from bench.errors import NotApplicable
from bench.machine.child_end import connect
from bench.records.messages import Order, Reply, StageRequest
from bench.records.run import Failure
from bench.worker.evidence import name_of
from bench.worker.setup import own_task
from bench.worker.update_test import SETTINGS
from cifar_core.errors import Unsuited, quoted
from cifar_core.handed_over import HandedOver
from cifar_core.workload import INFER


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Write the order's file, and say so."""
    order = msgspec.json.decode(next(lines), type=Order)
    request = msgspec.json.decode(next(lines), type=StageRequest)
    try:
        write(order)
        reply = Reply()
    except Exception as error:  # TensorFlow's own modes say what is wrong with the model
        traceback.print_exc()
        reply = Reply(failure=Failure(order.case, order.block, request.stage, str(error)))
    out.write(msgspec.json.encode(reply) + b"\n")
    out.flush()


def write(order: Order) -> None:
    """The order's task as arrays in its file, or why there is none for other frameworks."""
    workload = order.case.workload
    try:
        handed = MADE[workload.own_model, workload.task == INFER](order)
    except Unsuited as error:
        handed = HandedOver(workload.model, refused=str(error))
    handed.save(Path(order.handed_over))


def _builtin(order: Order) -> HandedOver:
    from cifar_core import pipeline
    from cifar_core.training import resident_task

    workload = order.case.workload
    batches = pipeline.resident(order.source, workload.batch_size, workload.seed)
    task = resident_task(workload, batches)
    return HandedOver(
        workload.model,
        _values(task.weights),
        _values(task.averages),
        batches.images,
        batches.labels.astype(np.int64),  # as TensorFlow's modes have them
        task.optimizer.hyperparameters(),
        _in_keras(task.model),
    )


def _builtin_to_answer(order: Order) -> HandedOver:
    from cifar_core import models, pipeline

    workload = order.case.workload
    batches = pipeline.resident(order.source, workload.batch_size, workload.seed)
    model = models.load(workload.model)(workload.seed)
    return HandedOver(
        workload.model,
        _values(model.trainable_variables),
        _values(model.non_trainable_variables),
        batches.images,
        keras_model=_in_keras(model),
        task=workload.task,
    )


def _in_keras(model: Any) -> str:
    """The twin of one of our models in Keras' own JSON; '' where it has none."""
    import keras

    image, logits = keras.Input((32, 32, 3)), getattr(model, "keras_logits", None)
    return str(keras.Model(image, logits(image)).to_json()) if logits else ""


def _own(order: Order) -> HandedOver:
    """A person's own keras.Model that Keras can describe, with plain Adam. Raises NotApplicable for any other."""
    import keras

    workload = order.case.workload
    task = _own_keras_task(order)
    if not task.optimizer.squares or set(task.optimizer.hyperparameters()) != set(SETTINGS):
        raise NotApplicable("its optimizer is not plain Adam, with which alone other backends are compared")
    model = task.model.model
    if not isinstance(model.loss, str | keras.losses.Loss) or type(model.loss).__module__.startswith("cifar_core"):
        raise NotApplicable("its loss is a function of its own, which cannot be handed over to another backend")
    images, labels = _pairs(task.inputs)
    loss = msgspec.json.encode(keras.losses.serialize(keras.losses.get(model.loss))).decode()
    weights, averages, settings = _values(task.weights), _values(task.averages), task.optimizer.hyperparameters()
    described = _described(model)
    return HandedOver(workload.model, weights, averages, images, labels, settings, described, loss)


def _own_to_answer(order: Order) -> HandedOver:
    """A person's own keras.Model that Keras can describe. Raises NotApplicable for any other."""
    from cifar_core.training import floating

    workload, task = order.case.workload, _own_keras_task(order)
    arrays = task.inputs.arrays()
    if len(arrays) != task.inputs.period or len({(a.shape, a.dtype) for a in arrays}) > 1:
        raise NotApplicable("other backends need a short list of arrays of one shape as batches")
    weights, averages = _values(task.weights), _values(floating(task.model.non_trainable_variables))
    described = _described(task.model.model)
    return HandedOver(workload.model, weights, averages, np.stack(arrays), keras_model=described, task=workload.task)


def _own_keras_task(order: Order) -> Any:
    """A person's own model as a task. Raises NotApplicable where it is not a keras.Model, or has a step of its own."""
    from cifar_core.own_networks import KerasNetwork
    from cifar_core.own_train_step import OwnTrainStep

    task = own_task(order.source, order.case.workload)[0]()
    if not isinstance(task.model, KerasNetwork):
        raise NotApplicable("it is not a keras.Model, and other backends run nothing else")
    if isinstance(task, OwnTrainStep):
        raise NotApplicable(f"{task.why}, which only TensorFlow's modes run")
    return task


def _described(model: Any) -> str:
    """The model in Keras' own JSON. Raises NotApplicable where Keras cannot describe it."""
    try:
        return str(model.to_json())
    except (NotImplementedError, TypeError, ValueError) as error:
        raise NotApplicable(f"Keras cannot describe the model to another backend: {quoted(error)}") from error


MADE: dict[tuple[bool, bool], Callable[[Order], HandedOver]] = {  # by whether it is a person's own, and only answers
    (False, False): _builtin,
    (False, True): _builtin_to_answer,
    (True, False): _own,
    (True, True): _own_to_answer,
}


def _pairs(inputs: Any) -> tuple[Any, Any]:
    """The batches as two arrays, of inputs and of labels. Raises NotApplicable where they are more than that."""
    if hasattr(inputs, "images"):
        return inputs.images.numpy(), inputs.labels.numpy()
    arrays = inputs.arrays()
    if not inputs.period or len(arrays) != 2 * inputs.period or len({(a.shape, a.dtype) for a in arrays}) > 2:
        raise NotApplicable("other backends need a short list of pairs of arrays as batches")
    return np.stack(arrays[::2]), np.stack(arrays[1::2])


def _values(variables: Any) -> dict[str, Any]:
    return {name_of(variable): variable.numpy() for variable in variables}


if __name__ == "__main__":
    serve(*connect())
