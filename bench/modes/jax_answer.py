"""A network of JAX that only answers: one compiled call a batch. No mode itself."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bench.modes.jax_compilations import Compilations, jax_devices
from bench.modes.peer_task import PeerInputs, PeerTask, PeerUntrained, PeerVariable, read, write
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver
from cifar_core.outputs import number
from cifar_core.peers.jax_networks import NETWORKS


class JaxAnswer:
    """A step is one call of the compiled forward pass, with a normalisation's averages in place of the batch's."""

    read, write = staticmethod(read), staticmethod(write)

    def __init__(self, handed: HandedOver, device: Any) -> None:
        self._compilations, self._network = Compilations(), NETWORKS[handed.model]
        with jax.default_device(device):
            self._held = {name: jnp.array(value) for name, value in {**handed.weights, **handed.averages}.items()}
            self._images = [jnp.array(batch) for batch in handed.images]
        weights, kept = (tuple(map(self._variable, names)) for names in (handed.weights, handed.averages))
        inputs = PeerInputs(len(handed.images))
        self.task = PeerTask(weights, (), PeerUntrained(len(weights)), inputs, others=kept)
        self._call = jax.jit(self._forward)
        self._traces = self._done = self._compiled_before = 0

    def _forward(self, held: dict[str, Any], images: Any) -> Any:
        """Runs in Python only while JAX traces it."""
        self._traces += 1
        self._compiled_before = self._compilations.programs
        return self._network(held, held, images, training=False)[0]

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for place in range(self._done, self._done + steps):
            self.step_again(place)
        self._done += steps

    def step_again(self, number: int) -> None:
        self._answer = self._call(self._held, self._images[number % len(self._images)])

    def rewind(self) -> None:
        self._done = 0

    def sync(self) -> float:
        return number(np.asarray(self._answer))

    def tracing_us(self) -> int:
        return self._compilations.tracing_us

    def traces(self) -> int:
        return self._traces

    def execution(self) -> Execution:
        traces, compiled = self._traces, self._compilations.programs - self._compiled_before
        program = jax.make_jaxpr(self._call)(self._held, self._images[0])  # may trace once more
        self._traces = traces
        return Execution(
            traces=traces,
            graph_ops=len(program.jaxpr.eqns[0].params["jaxpr"].eqns),
            xla_compilations=compiled,
            devices=jax_devices((self._held, self._answer)),
            library=f"JAX {jax.__version__}, pooling as the maximum of a reshape",
        )

    def calls(self) -> Calls:
        traced = self._traces
        self.run(1)
        called = ("forward",) if self._traces == traced else ()
        return Calls(0, 0, called, called)

    def _variable(self, name: str) -> PeerVariable:
        def put(value: Any) -> None:
            now = self._held[name]
            self._held[name] = jax.device_put(jnp.array(value, now.dtype), next(iter(now.devices())))

        return PeerVariable(name, self._held[name].shape, lambda: self._held[name], put)
