"""Keras on JAX: its train step, or its answer to a batch, is compiled whole by jax.jit; its loop is Python.

It differs from `keras_fit`, and in inference from `keras_predict_on_batch`, in the backend.
"""

from typing import Any

import jax
import keras

from bench.modes.jax_compilations import Compilations, jax_devices
from bench.modes.keras_peer import KerasPeer
from bench.modes.keras_peer_answer import KerasPeerAnswer
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver

LIBRARY = f"Keras {keras.__version__} on JAX {jax.__version__}"


class StepOnJax:
    """A method of the model that JAX traces, watched: `step` takes its place."""

    def __init__(self, plain: Any) -> None:
        self._plain, self._compilations = plain, Compilations()
        self.traces = self._compiled_before = 0

    def step(self, state: Any, data: Any) -> Any:
        """Keras' own. Runs in Python only while JAX traces it."""
        self.traces += 1
        self._compiled_before = self._compilations.programs
        return self._plain(state, data)

    @property
    def tracing_us(self) -> int:
        """Microseconds that JAX has traced so far."""
        return self._compilations.tracing_us

    def execution(self, model: Any, what: str) -> Execution:
        """How the steps ran; the model's variables are settled."""
        return Execution(
            traces=self.traces,
            xla_compilations=self._compilations.programs - self._compiled_before,
            devices=jax_devices([variable.value for variable in model.variables]),
            library=f"{LIBRARY}, {what}",
        )

    def calls(self, run: Any, updates: int, name: str) -> Calls:
        """What one step calls: the compiled program, unless it is traced again."""
        traced = self.traces
        run(1)
        called = (name,) if self.traces == traced else ()
        return Calls(0, updates, called, called)


class KerasOnJax(KerasPeer):
    """JAX's arrays are the loop's own while it runs: the model's variables get them when somebody asks."""

    def __init__(self, handed: HandedOver, device: Any) -> None:
        super().__init__(handed, device)
        self._watched = StepOnJax(self.model.train_step)
        self.model.train_step = self._watched.step

    def settle(self) -> None:
        self.model.jax_state_sync()

    def tracing_us(self) -> int:
        return self._watched.tracing_us

    def traces(self) -> int:
        return self._watched.traces

    def execution(self) -> Execution:
        self.settle()
        return self._watched.execution(self.model, "fit")

    def calls(self) -> Calls:
        return self._watched.calls(self.run, 1, "train_step")


class KerasAnswersOnJax(KerasPeerAnswer):
    """One compiled call a batch."""

    def __init__(self, handed: HandedOver, device: Any) -> None:
        super().__init__(handed, device)
        self._watched = StepOnJax(self.model.predict_step)
        self.model.predict_step = self._watched.step

    def tracing_us(self) -> int:
        return self._watched.tracing_us

    def traces(self) -> int:
        return self._watched.traces

    def execution(self) -> Execution:
        return self._watched.execution(self.model, "predict_on_batch")

    def calls(self) -> Calls:
        return self._watched.calls(self.run, 0, "predict_step")


def open_trainer(handed: HandedOver, device: Any) -> KerasOnJax | KerasAnswersOnJax:
    """Of the task that was handed over, on JAX's device."""
    jax.config.update("jax_default_device", device)
    return KerasAnswersOnJax(handed, device) if handed.infers else KerasOnJax(handed, device)
