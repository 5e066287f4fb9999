"""Run by tests in a process of its own: a mode's evidence and its first ten losses, as it is and with faults injected.

`peer_trial.py MODEL TASK MODE FILE FAULT ...`: the file is of a task that was handed over; a line of JSON with what
came of each. With the mode eager it builds the task in TensorFlow and writes the file.
"""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from builders import ENVIRONMENT, SCHEDULE

from bench.modes.process_env import child_env
from bench.records.case import Case
from bench.records.costs import Costs
from bench.records.messages import Order
from bench.worker import diagnostics, setup
from bench.worker.first_updates import begin
from cifar_core import handed_over
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.handed_over import HandedOver
from cifar_core.workload import Workload

LOSSES = 10


def main(model: str, task: str, mode: str, file: str, *faults: str) -> None:
    workload = Workload(model, 4, "synthetic", task=task)
    os.environ.update(child_env(mode, "cpu", workload.own_model))
    order = Order(Case(mode, "cpu", 0, workload), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, True, handed_over=file)
    if mode == "eager":
        from bench.worker.handover import write

        os.environ["TF_USE_LEGACY_KERAS"] = "0"
        write(order)
    found = {fault: tried(order, fault) for fault in ("", *faults)}
    sys.stdout.write(json.dumps(found))


def tried(order: Order, fault: str) -> dict[str, Any]:
    with injected(order.case.mode, fault):
        ready = setup.set_up(order)
        trainer = ready.make_trainer()
        evidence = begin(trainer, order, ready.batches_digest, time.perf_counter).evidence
        losses = list(evidence.first_losses)
        while len(losses) < LOSSES:
            trainer.run(1)
            losses.append(trainer.sync())
    execution = msgspec.to_builtins(trainer.execution())
    calls = msgspec.to_builtins(trainer.calls())
    found = {"losses": losses, "evidence": msgspec.to_builtins(evidence), "execution": execution, "calls": calls}
    return found if order.case.mode == "eager" else {**found, "latency": _latency(order, trainer)}


def _latency(order: Order, trainer: Any) -> Any:
    costs = diagnostics.diagnose(order, trainer, 1, time.perf_counter, Costs(0.0, 0, 0, None)).costs
    return msgspec.to_builtins(costs.latency)


@contextlib.contextmanager
def injected(mode: str, fault: str) -> Iterator[None]:
    """The fault in the mode's own code, or in what it is given."""
    load = handed_over.load

    def wrong_epsilon(path: Path) -> HandedOver:
        given = load(path)
        return replace(given, settings={**given.settings, "epsilon": 1e-7})

    with contextlib.ExitStack() as stack:
        if fault == "epsilon":
            stack.enter_context(patch.object(handed_over, "load", wrong_epsilon))
        elif fault:
            for change in FAULTS[fault][mode.partition("_")[0]]():
                stack.enter_context(change)
        yield


def torch_kernels() -> list[Any]:
    """Height and width of a convolution's kernel are exchanged."""
    from cifar_core.peers import torch_networks

    return [patch.dict(torch_networks._KERNEL, {4: (3, 2, 1, 0)})]


def torch_dropout() -> list[Any]:
    from torch.nn import functional

    from cifar_core.peers import torch_networks

    plain = torch_networks.flattened
    return [patch.object(torch_networks, "flattened", lambda x: functional.dropout(plain(x), 0.5))]


def jax_kernels() -> list[Any]:
    from cifar_core.peers import jax_networks

    plain = jax_networks._conv
    return [patch.object(jax_networks, "_conv", lambda x, kernel: plain(x, kernel.transpose(1, 0, 2, 3)))]


def jax_dropout() -> list[Any]:
    import jax

    from cifar_core.peers import jax_networks

    plain = jax_networks.max_pool

    def dropped(x: Any) -> Any:
        return plain(x) * 2 * jax.random.bernoulli(jax.random.key(0), 0.5, plain(x).shape)

    return [patch.object(jax_networks, "max_pool", dropped)]


def keras_kernels() -> list[Any]:
    """Keras' variables get kernels with height and width exchanged, and give them back as they were."""
    from bench.modes import keras_peer

    plain = keras_peer.variable_of

    def exchanged(name: str, variable: Any) -> Any:
        honest = plain(name, variable)
        if not name.startswith("conv") or not name.endswith("kernel"):
            return honest
        turn = (1, 0, 2, 3)
        return replace(
            honest, get=lambda: honest.get().transpose(turn), put=lambda value: honest.put(value.transpose(turn))
        )

    return [patch.object(keras_peer, "variable_of", exchanged)]


def keras_dropout() -> list[Any]:
    import keras

    plain = keras.models.model_from_json

    def dropped(text: str) -> Any:
        model = plain(text)
        return keras.Model(model.inputs, keras.layers.Dropout(0.5, seed=1)(model.outputs[0]))

    return [patch.object(keras.models, "model_from_json", dropped)]


FAULTS = {
    "kernels": {"torch": torch_kernels, "jax": jax_kernels, "keras": keras_kernels},
    "dropout": {"torch": torch_dropout, "jax": jax_dropout, "keras": keras_dropout},
}

if __name__ == "__main__":
    main(*sys.argv[1:])
