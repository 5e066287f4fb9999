"""A training process without TensorFlow: real protocol and files, invented points.

`fake_train_worker.py graph=die xla-s1=nan` plants faults by mode, or by mode and seed.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
from trainings import NAN, START_S, next_point

from bench.records.files import write
from bench.records.folders import open_training
from bench.records.training import TrainOrder, TrainReply


def main() -> None:
    faults = dict(word.split("=") for word in sys.argv[1:])
    folder = Path(msgspec.json.decode(sys.stdin.buffer.readline(), type=TrainOrder).folder)
    training, progress = open_training(folder)
    mode, seed = training.mode, training.recipe.seed
    fault = faults.get(f"{mode}-s{seed}", faults.get(mode, ""))
    answer(TrainReply(said="Loading data_batch_1 ..."))
    answer(TrainReply(failure="no such file") if fault == "refuse" else TrainReply())
    for _ in sys.stdin.buffer:
        done = progress.points[-1].step if progress.points else 0
        if done >= training.training_steps:
            return answer(TrainReply(done=True))
        if done and fault in FAULTS:
            return FAULTS[fault]()
        point = next_point(training, done, learns=fault != "flat")
        progress = replace(progress, start_s=START_S, points=(*progress.points, point))
        write(folder / "points.json", progress)
        answer(TrainReply(point=point))


def answer(reply: TrainReply) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(reply) + b"\n")
    sys.stdout.buffer.flush()


FAULTS: dict[str, Callable[[], None]] = {
    "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "hang": lambda: time.sleep(60),
    "nan": lambda: answer(TrainReply(failure=NAN)),
}

if __name__ == "__main__":
    main()
