"""Keras' fit on JAX: its train step is compiled whole by jax.jit, its loop is Python.

It differs from `keras_fit` in the backend.
"""

from typing import Any

import jax
import keras

from bench.modes.jax_compilations import Compilations, jax_devices
from bench.modes.keras_peer import KerasPeer
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver


class KerasOnJax(KerasPeer):
    """JAX's arrays are the loop's own while it runs: the model's variables get them when somebody asks."""

    def __init__(self, handed: HandedOver, device: Any) -> None:
        self._compilations, self._traces, self._compiled_before = Compilations(), 0, 0
        jax.config.update("jax_default_device", device)
        super().__init__(handed, device)
        self._plain_step = self.model.train_step
        self.model.train_step = self._train_step

    def _train_step(self, state: Any, data: Any) -> Any:
        """Keras' own step. Runs in Python only while JAX traces it."""
        self._traces += 1
        self._compiled_before = self._compilations.programs
        return self._plain_step(state, data)

    def settle(self) -> None:
        self.model.jax_state_sync()

    def tracing_us(self) -> int:
        return self._compilations.tracing_us

    def traces(self) -> int:
        return self._traces

    def execution(self) -> Execution:
        self.settle()
        return Execution(
            traces=self._traces,
            xla_compilations=self._compilations.programs - self._compiled_before,
            devices=jax_devices([variable.value for variable in self.model.variables]),
            library=f"Keras {keras.__version__} on JAX {jax.__version__}, fit",
        )

    def calls(self) -> Calls:
        traced = self._traces
        self.run(1)
        called = ("train_step",) if self._traces == traced else ()
        return Calls(0, 1, called, called)


open_trainer = KerasOnJax
