"""How far rounding alone moves the first steps: they are taken again, from weights that moved by a rounding each."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from bench.modes import Trainer
from bench.records.proof import Reached
from bench.worker.evidence import CURVE_STEPS, finite, first_gradients
from bench.worker.snapshot import Snapshot
from bench.worker.trained import MARKS, reached

# The distance from 1 to the next number of what activations are computed in (TF32 keeps 10 bits, as float16 does).
ROUNDING = {"float32": 2.0**-23, "tf32": 2.0**-10, "mixed_bfloat16": 2.0**-7, "mixed_float16": 2.0**-10}


# So far that some ReLU or maximum of a large network turns around, as an unlucky rounding may turn one too. In the
# other precisions a single rounding does that.
FAR = {"float32": 2.0**-16}


class Noise(NamedTuple):
    """`near`: the L2 norm of each first gradient's change when every weight moves by one rounding.

    `far`: by how much more than in proportion it changes when every weight moves by many.
    `losses`: the first losses of the training whose weights moved by one rounding.
    `reached`: how far that training has come at the first mark; None where its steps take too long.
    `far_loss`: the first loss where every weight moved by many roundings.
    """

    near: tuple[float | None, ...] = ()
    far: tuple[float | None, ...] = ()
    losses: tuple[float | None, ...] = ()
    reached: Reached | None = None
    far_loss: float | None = None


def measure_noise(trainer: Trainer, start: Snapshot, gradients: Sequence[Any], steps: int, precision: str) -> Noise:
    """Take the first steps again after every weight has moved by one rounding of the precision.

    `start` is the state before the first step, `gradients` are those of the first step. The state is put back at the
    end, so this is called where nothing is timed: after the first step and the loss curve. The timed part then begins
    from the same state as without it. The mode's own compiled step is used, so that nothing is traced again and the
    process needs no more memory than for its steps.
    """
    now = Snapshot(trainer)
    distant, far_loss = _changes(trainer, start, gradients, FAR[precision]) if precision in FAR else ((), None)
    near, loss = _changes(trainer, start, gradients, ROUNDING[precision])
    losses = (loss, *(_loss_again(trainer, number) for number in range(1, steps)))
    goes_on = steps == CURVE_STEPS and trainer.task.inputs.repeats > MARKS[0]
    at_mark = _at_mark(trainer, start, steps) if goes_on else None
    now.put_back()
    return Noise(near, _out_of_proportion(distant, near, precision), losses, at_mark, far_loss)


def _at_mark(trainer: Trainer, start: Snapshot, steps: int) -> Reached:
    """On to the first mark, after so many steps."""
    loss = [_loss_again(trainer, number) for number in range(steps, MARKS[0])][-1]
    return reached(trainer, start, MARKS[0], loss)


def _out_of_proportion(
    distant: Sequence[float | None], near: Sequence[float | None], precision: str
) -> tuple[float | None, ...]:
    """What of each distant change is more than the near one grown with the move; 0 where all is smooth."""
    return tuple(
        None if far is None or close is None else max(0.0, far - close * FAR[precision] / ROUNDING[precision])
        for far, close in zip(distant, near, strict=False)
    )


def _changes(
    trainer: Trainer, start: Snapshot, gradients: Sequence[Any], rounding: float
) -> tuple[tuple[float | None, ...], float | None]:
    """Take the first step from moved weights: the L2 norm of each gradient's change, and the loss."""
    start.put_back(lambda number, value: moved(value, number, rounding))
    loss = _loss_again(trainer, 0)
    return tuple(map(_distance, first_gradients(trainer), gradients)), loss


def _loss_again(trainer: Trainer, number: int) -> float | None:
    trainer.step_again(number)
    return finite(trainer.sync())


def moved(weight: Any, number: int, rounding: float) -> Any:
    """Each element times 1 + rounding or 1 - rounding, by chance from a seed that is the weight's number."""
    signs = np.random.default_rng(number).integers(0, 2, np.shape(weight), np.int8) * np.int8(2) - np.int8(1)
    return (weight * (1 + rounding * signs.astype(np.float64))).astype(weight.dtype)


def _distance(gradient: Any, other: Any) -> float | None:
    return finite(float(np.linalg.norm(np.subtract(gradient, other, dtype=np.float64))))
