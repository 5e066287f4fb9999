"""A training's displayed steps as TensorBoard's event files: records of the protocol buffer Event.

An event's time is the training's beginning plus its seconds of training, so that TensorBoard's relative axis shows
training time, without evaluation and waiting for other modes.
"""

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.records.training import Point, Training, TrainingProgress

SCALARS = {  # as TensorBoard groups them, from a point's fields
    "loss/training": "loss",
    "loss/test": "test_loss",
    "accuracy/training": "accuracy",
    "accuracy/test": "test_accuracy",
    "time/step_s": "step_s",
    "time/waited_s": "waited_s",
}


def recorded(
    points: Iterable[Point], folder: Path, training: Training, progress: TrainingProgress, done: int
) -> Iterator[Point]:
    """The points as they come, each written before it is handed on.

    The file is made again, with the points of `progress` up to step `done`: what a training that was resumed keeps.
    """
    import tensorflow as tf

    began_s = datetime.fromisoformat(training.created).timestamp()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"events.out.tfevents.{began_s:.0f}.cifar-bench"
    with tf.io.TFRecordWriter(str(file)) as out:
        out.write(tf.compat.v1.Event(wall_time=began_s, file_version="brain.Event:2").SerializeToString())
        for point in progress.points:
            if point.step <= done:
                out.write(_event(tf, point, began_s))
        out.flush()
        for point in points:
            out.write(_event(tf, point, began_s))
            out.flush()
            yield point


def _event(tf: Any, point: Point, began_s: float) -> bytes:
    """One event with all that was measured of a point."""
    numbers = {tag: getattr(point, name) for tag, name in SCALARS.items()}
    values = [
        tf.compat.v1.Summary.Value(tag=tag, simple_value=number)
        for tag, number in numbers.items()
        if number is not None and math.isfinite(number)
    ]
    event = tf.compat.v1.Event(
        wall_time=began_s + point.seconds, step=point.step, summary=tf.compat.v1.Summary(value=values)
    )
    text: bytes = event.SerializeToString()
    return text
