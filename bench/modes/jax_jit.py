"""jax.jit: the whole step, update included, is one program that XLA compiles; it overwrites its buffers (donation).

It differs from `xla` in the framework: JAX's ops and gradients, and Adam as a person writes it in JAX.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from bench.errors import NotApplicable
from bench.modes.jax_answer import JaxAnswer
from bench.modes.jax_compilations import Compilations, jax_devices
from bench.modes.peer_task import PeerAdam, PeerInputs, PeerTask, PeerVariable, read, write
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver
from cifar_core.peers.jax_networks import NETWORKS, cross_entropy

# Weights and moving averages; Adam's moments m and v, by the weights' names; the count of updates
State = dict[str, dict[str, Any]]


class JaxTrainer:
    """A step is one call of the compiled function, which takes the state and gives the next one."""

    read, write = staticmethod(read), staticmethod(write)

    def __init__(self, handed: HandedOver, device: Any) -> None:
        self._compilations = Compilations()
        self._network, self._settings = NETWORKS[handed.model], dict(handed.settings)
        with jax.default_device(device):
            self._state = _initial(handed)
            self._batches = jnp.array(handed.images), jnp.array(handed.labels.astype(np.int32))
            self._places = [jnp.int32(place) for place in range(len(handed.images))]
        self.task = self._as_task(handed)
        self._call = jax.jit(self._step, donate_argnums=0)
        self._traces = self._done = self._compiled_before = 0

    def _step(self, state: State, images: Any, labels: Any, place: Any) -> tuple[State, Any]:
        """Runs in Python only while JAX traces it."""
        self._traces += 1
        self._compiled_before = self._compilations.programs

        def loss_of(weights: dict[str, Any]) -> Any:
            logits, averages = self._network(weights, state["averages"], images[place])
            return cross_entropy(logits, labels[place]), averages

        (loss, averages), gradients = jax.value_and_grad(loss_of, has_aux=True)(state["weights"])
        return {**adam(state, gradients, self._settings), "averages": averages}, loss

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for number in range(self._done, self._done + steps):
            self.step_again(number)
        self._done += steps

    def step_again(self, number: int) -> None:
        place = self._places[number % len(self._places)]
        self._state, self._loss = self._call(self._state, *self._batches, place)

    def rewind(self) -> None:
        self._done = 0

    def sync(self) -> float:
        jax.block_until_ready(self._state)
        return float(self._loss)

    def tracing_us(self) -> int:
        return self._compilations.tracing_us

    def traces(self) -> int:
        return self._traces

    def execution(self) -> Execution:
        traces, compiled = self._traces, self._compilations.programs - self._compiled_before
        program = jax.make_jaxpr(self._call)(self._state, *self._batches, self._places[0])  # may trace once more
        self._traces = traces
        return Execution(
            traces=traces,
            graph_ops=len(program.jaxpr.eqns[0].params["jaxpr"].eqns),
            xla_compilations=compiled,
            devices=jax_devices((self._state, self._loss)),
            library=f"JAX {jax.__version__}, donated buffers, pooling as the maximum of a reshape",
        )

    def calls(self) -> Calls:
        traced = self._traces
        self.run(1)
        called = ("step",) if self._traces == traced else ()
        return Calls(0, 1, called, called)

    def _as_task(self, handed: HandedOver) -> PeerTask:
        def variables(group: str, suffix: str = "") -> tuple[PeerVariable, ...]:
            names = handed.averages if group == "averages" else handed.weights
            return tuple(self._variable(group, name, name + suffix) for name in names)

        counter = self._variable("count", "updates", "iterations")
        optimizer = PeerAdam(counter, variables("m", "_m"), variables("v", "_v"), lambda: dict(self._settings))
        return PeerTask(variables("weights"), variables("averages"), optimizer, PeerInputs(len(handed.images)))

    def _variable(self, group: str, key: str, name: str) -> PeerVariable:
        def put(value: Any) -> None:
            now = self._state[group][key]
            self._state[group][key] = jax.device_put(jnp.array(value, now.dtype), next(iter(now.devices())))

        return PeerVariable(name, self._state[group][key].shape, lambda: self._state[group][key], put)


def _initial(handed: HandedOver) -> State:
    weights = {name: jnp.array(value) for name, value in handed.weights.items()}
    moments = ({name: jnp.zeros_like(value) for name, value in weights.items()} for _ in "mv")
    first, second = moments
    averages = {name: jnp.array(value) for name, value in handed.averages.items()}
    return {"weights": weights, "averages": averages, "m": first, "v": second, "count": {"updates": jnp.int32(0)}}


def adam(state: State, gradients: dict[str, Any], settings: dict[str, float]) -> State:
    """The next weights, moments and count, by Adam (Kingma and Ba 2015, arXiv:1412.6980).

    Epsilon is added where TensorFlow adds it: before the second moment is corrected for its start.
    """
    beta_1, beta_2 = np.float32(settings["beta_1"]), np.float32(settings["beta_2"])
    updates = state["count"]["updates"] + 1
    size = settings["learning_rate"] * jnp.sqrt(1 - beta_2**updates) / (1 - beta_1**updates)
    first = {name: beta_1 * m + (1 - beta_1) * gradients[name] for name, m in state["m"].items()}
    second = {name: beta_2 * v + (1 - beta_2) * gradients[name] ** 2 for name, v in state["v"].items()}
    weights = {
        name: weight - size * first[name] / (jnp.sqrt(second[name]) + settings["epsilon"])
        for name, weight in state["weights"].items()
    }
    return {"weights": weights, "m": first, "v": second, "count": {"updates": updates}}


def open_trainer(handed: HandedOver, device: Any) -> JaxTrainer | JaxAnswer:
    """Of the task that was handed over, on JAX's device. Raises NotApplicable where it is not written in JAX."""
    if handed.model not in NETWORKS:
        raise NotApplicable(f"{handed.model} is not written in JAX here")
    return JaxAnswer(handed, device) if handed.infers else JaxTrainer(handed, device)
