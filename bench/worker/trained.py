"""How far a case has trained, and the counts of updates at which every case of a block is looked at."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.modes import Trainer
from bench.records.proof import Reached
from bench.worker.evidence import finite, projections
from bench.worker.snapshot import Snapshot
from bench.worker.timer import Clock, time_slice

# Small on purpose: later, rounding drives honest modes apart, at 160 updates a loss by a factor of 14. At 10 the
# directions of the weights' changes still say something, at 40 only their lengths do.
MARKS = (10, 40)
DIRECTIONS_UNTIL = 10
SETTLING_STEPS = 2  # after which a step takes as long as before a look, but for small networks' last per cents


@dataclass(frozen=True, slots=True)
class TrainedSoFar:
    """The updates that a trainer has taken since `start`, what was seen at the marks, and whether marks remain.

    `per_call`: of many steps, an execution cannot stop within; `executed` once one may have begun.
    """

    trainer: Trainer
    start: Snapshot
    updates: int
    reached: tuple[Reached, ...] = ()
    per_call: int = 1
    marks: tuple[int, ...] = MARKS
    executed: bool = False

    def train(self, steps: int, clock: Clock) -> tuple["TrainedSoFar", float]:
        """Take so many steps, stopping at marks; how long they took in seconds. None: no mark will be looked at."""
        if not steps:
            return replace(self, marks=()), 0.0
        marked, seconds = self._to_marks(self.updates + steps, clock)
        left = math.ceil((self.updates + steps - marked.updates) / self.per_call) * self.per_call
        return marked.after_slice(left), seconds + (time_slice(self.trainer, left, clock)[0] if left else 0.0)

    def before_slice(self, steps: int, clock: Clock) -> "TrainedSoFar":
        """Untimed steps up to a mark that lies within the next slice, so that all cases are looked at there.

        After a look some more untimed steps: reading all weights takes memory and caches from those that follow, of
        which the first needs half as long again or more.
        """
        marked = self._to_marks(self.updates + steps - 1, clock)[0]
        return marked._untimed(marked._settling) if marked._was_just_looked_at() else marked

    def after_slice(self, steps: int) -> "TrainedSoFar":
        """So many more updates, which a slice has taken."""
        return replace(self._advanced(steps), executed=self.executed or steps > 0)

    def to_first_batch(self, period: int) -> "TrainedSoFar":
        """Untimed steps in whole calls until the first batch comes again, if it does: there all cases are compared.

        `period`: after how many steps the batches come again; 0 for never.
        """
        steps = [calls * self.per_call for calls in range(period)]
        more = next((count for count in steps if (self.updates + count) % period == 0), 0)
        return self._untimed(more) if more else self

    def at_end(self) -> "TrainedSoFar":
        """Looked at once more where the training has ended before the last mark."""
        ended_before = self.marks and self._latest < self.updates <= self.marks[-1]
        return self._looked(None) if ended_before else self

    @property
    def _settling(self) -> int:
        """Steps in whole calls."""
        return math.ceil(SETTLING_STEPS / self.per_call) * self.per_call

    def _was_just_looked_at(self) -> bool:
        """And no mark lies within the steps that would follow."""
        within = any(self.updates < mark <= self.updates + self._settling for mark in self.marks)
        return bool(self.reached) and self._latest == self.updates and not within

    def _untimed(self, steps: int) -> "TrainedSoFar":
        self.trainer.run(steps)
        self.trainer.sync()
        return self.after_slice(steps)

    def _to_marks(self, last: int, clock: Clock) -> tuple["TrainedSoFar", float]:
        progress, seconds = self, 0.0
        for mark in self.marks:
            if progress._latest < mark <= last and progress.updates <= mark and progress._can_stop(mark):
                progress, taken_s = progress._to(mark, clock)
                seconds += taken_s
        return progress, seconds

    def _to(self, mark: int, clock: Clock) -> tuple["TrainedSoFar", float]:
        """The last of the steps alone: Keras' loss is a mean over those of a call of `run`, of a slice even."""
        seconds, loss, steps = 0.0, None, mark - self.updates
        # As many as an execution has would begin one.
        counts = [1] * steps if self.per_call > 1 else [steps - 1, 1] if steps else []
        for count in filter(None, counts):
            taken_s, last_loss = time_slice(self.trainer, count, clock)
            seconds, loss = seconds + taken_s, finite(last_loss)
        return self._advanced(steps)._looked(loss), seconds

    def _can_stop(self, mark: int) -> bool:
        """Until an execution of many steps has begun, a trainer can take single ones."""
        return self.per_call == 1 or mark == self.updates or (not self.executed and mark == self.marks[0])

    @property
    def _latest(self) -> int:
        return self.reached[-1].updates if self.reached else 0

    def _advanced(self, steps: int) -> "TrainedSoFar":
        return replace(self, updates=self.updates + steps)

    def _looked(self, loss: float | None) -> "TrainedSoFar":
        seen = reached(self.trainer, self.start, self.updates, loss)
        return replace(self, reached=(*self.reached, seen))


def reached(trainer: Trainer, start: Snapshot, updates: int, loss: float | None) -> Reached:
    """How far the trainer has come from its start after so many updates."""
    now, lengths, directions = Snapshot(trainer), list[float | None](), list[tuple[float | None, ...]]()
    for number, weight in enumerate(trainer.task.weights):
        change = _change(start, now, weight)
        lengths.append(finite(float(np.linalg.norm(change))))
        if updates <= DIRECTIONS_UNTIL:
            directions.append(projections(change, number))
    averages = (np.linalg.norm(_change(start, now, average)) for average in trainer.task.averages)
    return Reached(updates, loss, tuple(lengths), tuple(finite(float(a)) for a in averages), tuple(directions))


def _change(start: Snapshot, now: Snapshot, variable: Any) -> Any:
    return np.subtract(now.value(variable), start.value(variable), dtype=np.float64)
