"""Keras' `predict_on_batch` on another backend than TensorFlow's: what those modes share in inference. No mode itself.

Batches come from the host, and the answer goes back there as NumPy arrays, as in Keras' loop.
"""

from typing import Any

from bench.modes.keras_rebuilt import by_name, rebuilt, variable_of
from bench.modes.peer_task import PeerInputs, PeerTask, PeerUntrained, read, write
from cifar_core.handed_over import HandedOver
from cifar_core.outputs import number


class KerasPeerAnswer:
    """A step is one call of predict_on_batch. A backend says what it traced and what it called."""

    read, write = staticmethod(read), staticmethod(write)

    def __init__(self, handed: HandedOver, device: Any) -> None:
        """On `device`, which is the framework's default by now."""
        self._images, self._done = handed.images, 0
        self.model = rebuilt(handed)
        found = by_name(self.model, handed)
        weights, kept = (
            tuple(variable_of(name, found[name]) for name in names) for names in (handed.weights, handed.averages)
        )
        inputs = PeerInputs(len(handed.images))
        self.task = PeerTask(weights, (), PeerUntrained(len(weights)), inputs, others=kept)
        self.write(weights, list(handed.weights.values()))
        self.write(kept, list(handed.averages.values()))

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for place in range(self._done, self._done + steps):
            self.step_again(place)
        self._done += steps

    def step_again(self, number: int) -> None:
        self._answer = self.model.predict_on_batch(self._images[number % len(self._images)])

    def rewind(self) -> None:
        self._done = 0

    def sync(self) -> float:
        return number(self._answer)
