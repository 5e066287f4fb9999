"""The child that hands a TensorFlow task over to other frameworks: it builds the task and writes its arrays in a file.

An Order in, one Reply to the one request. Nothing is trained or timed.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
import numpy as np

from bench.machine.child_end import connect
from bench.records.messages import Order, Reply, StageRequest
from bench.records.run import Failure
from cifar_core.handed_over import HandedOver


def serve(lines: Iterator[bytes], out: IO[bytes]) -> None:
    """Write the order's file, and say so."""
    order = msgspec.json.decode(next(lines), type=Order)
    request = msgspec.json.decode(next(lines), type=StageRequest)
    try:
        taken(order).save(Path(order.handed_over))
        reply = Reply()
    except Exception as error:  # TensorFlow's own modes say what is wrong with the model
        traceback.print_exc()
        reply = Reply(failure=Failure(order.case, order.block, request.stage, str(error)))
    out.write(msgspec.json.encode(reply) + b"\n")
    out.flush()


def taken(order: Order) -> HandedOver:
    """The order's task as arrays."""
    import keras

    from cifar_core import pipeline
    from cifar_core.training import resident_task

    workload = order.case.workload
    batches = pipeline.resident(order.source, workload.batch_size, workload.seed)
    task = resident_task(workload, batches)
    image = keras.Input((32, 32, 3))
    return HandedOver(
        workload.model,
        {variable.name.split(":")[0]: variable.numpy() for variable in task.weights},
        {variable.name.split(":")[0]: variable.numpy() for variable in task.averages},
        batches.images,
        batches.labels.astype(np.int64),  # as TensorFlow's modes have them
        task.optimizer.hyperparameters(),
        keras.Model(image, task.model.keras_logits(image)).to_json(),
    )


if __name__ == "__main__":
    serve(*connect())
