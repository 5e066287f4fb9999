"""A fit without end, in a thread of its own, that waits at a gate between slices. Not a mode itself."""

import threading
from typing import Any, Protocol

import keras


class StepWatch(Protocol):
    """Sees what is called between its begin and its end, in the thread that calls them."""

    def begin(self) -> None: ...

    def end(self) -> None: ...


ENDLESS = 2**40  # steps: more than any run takes


class FitEnded(Exception):
    """Raised inside a fit to end it."""


class FitGate(keras.callbacks.Callback):
    """Stops fit before an execution that is not due yet. No hook runs after one, so fit never waits for a loss."""

    def __init__(self) -> None:
        super().__init__()
        self._allowed = self._done = 0
        self._error: BaseException | None = None
        self._ends = False
        self._watch: StepWatch | None = None
        self._turn = threading.Condition()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        with self._turn:
            if self._watch and self._done < batch:
                self._watch.end()
                self._watch = None
            self._done = batch
            self._turn.notify_all()
            self._turn.wait_for(lambda: batch < self._allowed or self._ends)
            if self._ends:
                raise FitEnded
            if self._watch:
                self._watch.begin()  # in this thread, which is Keras'

    def broke(self, error: BaseException) -> None:
        """Called where fit ends, which it should not."""
        with self._turn:
            self._error = error
            self._turn.notify_all()

    def end(self) -> None:
        """Fit raises FitEnded where it waits."""
        with self._turn:
            self._ends = True
            self._turn.notify_all()

    def let(self, steps: int, watch: StepWatch | None = None) -> None:
        """Let so many steps, in whole executions, pass; returns when they have been called. Raises what fit raised.

        `watch` sees what the first execution calls.
        """
        with self._turn:
            self._allowed += steps
            self._watch = watch
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._error or self._done >= self._allowed)
        if self._error:
            raise self._error


class EndlessFit:
    """A model's `fit` on batches that do not end; no step of it runs before it is let."""

    def __init__(self, model: Any, batches: Any) -> None:
        self._model, self._batches, self._gate = model, batches, FitGate()
        self.let = self._gate.let
        self._thread = threading.Thread(target=self._fit, daemon=True)
        self._thread.start()

    def _fit(self) -> None:
        try:
            self._model.fit(self._batches, steps_per_epoch=ENDLESS, shuffle=False, verbose=0, callbacks=[self._gate])
            raise RuntimeError("Keras' fit ended by itself")
        except FitEnded:
            pass
        except BaseException as error:
            self._gate.broke(error)

    def end(self) -> None:
        """Returns when its thread has ended."""
        self._gate.end()
        self._thread.join()
