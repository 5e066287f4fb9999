"""The child that hands a TensorFlow task over to other frameworks: it builds the task and writes its arrays in a file.

An Order in, one Reply to the one request. Nothing is trained or timed.
"""

import traceback
from collections.abc import Iterator
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
from cifar_core.errors import Unsuited
from cifar_core.handed_over import HandedOver


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
        handed = (_own if workload.own_model else _builtin)(order)
    except Unsuited as error:
        handed = HandedOver(workload.model, refused=str(error))
    handed.save(Path(order.handed_over))


def _builtin(order: Order) -> HandedOver:
    import keras

    from cifar_core import pipeline
    from cifar_core.training import resident_task

    workload = order.case.workload
    batches = pipeline.resident(order.source, workload.batch_size, workload.seed)
    task, image = resident_task(workload, batches), keras.Input((32, 32, 3))
    in_keras = getattr(task.model, "keras_logits", None)
    return HandedOver(
        workload.model,
        _values(task.weights),
        _values(task.averages),
        batches.images,
        batches.labels.astype(np.int64),  # as TensorFlow's modes have them
        task.optimizer.hyperparameters(),
        keras.Model(image, in_keras(image)).to_json() if in_keras else "",
    )


def _own(order: Order) -> HandedOver:
    """A person's own keras.Model that Keras can describe, with plain Adam. Raises NotApplicable for any other."""
    import keras

    from cifar_core.own_networks import KerasNetwork

    workload = order.case.workload
    task = own_task(order.source, workload)[0]()
    if not isinstance(task.model, KerasNetwork):
        raise NotApplicable("it is not a keras.Model, and other backends run nothing else")
    if not task.optimizer.squares or set(task.optimizer.hyperparameters()) != set(SETTINGS):
        raise NotApplicable("its optimizer is not plain Adam, with which alone other backends are compared")
    model = task.model.model
    if not isinstance(model.loss, str | keras.losses.Loss) or type(model.loss).__module__.startswith("cifar_core"):
        raise NotApplicable("its loss is a function of its own, which cannot be handed over to another backend")
    images, labels = _pairs(task.inputs)
    loss = msgspec.json.encode(keras.losses.serialize(keras.losses.get(model.loss))).decode()
    weights, averages, settings = _values(task.weights), _values(task.averages), task.optimizer.hyperparameters()
    return HandedOver(workload.model, weights, averages, images, labels, settings, model.to_json(), loss)


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
