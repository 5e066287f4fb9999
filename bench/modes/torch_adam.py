"""PyTorch's fused Adam that computes what TensorFlow's does, with the face of an optimizer of ours. No mode itself.

PyTorch adds epsilon after the second moment is corrected for its start from zero, TensorFlow before. So each update
here sets PyTorch's epsilon to what makes both the same. With one constant for both, the losses of the mlp from equal
weights were up to 10 % apart within 20 updates (batches of 8 and 64, seven seeds).
"""

import math
from typing import Any

import numpy as np
import torch

from bench.modes.peer_task import PeerAdam, PeerVariable
from bench.modes.torch_network import variable


class TorchAdam:
    """The optimizer of some parameters, by name, its moments made now and not in its first step."""

    def __init__(self, parameters: dict[str, Any], settings: dict[str, float]) -> None:
        rate, betas = settings["learning_rate"], (settings["beta_1"], settings["beta_2"])
        self._epsilon, self._updates, self._parameters = settings["epsilon"], 0, parameters
        self._optimizer = torch.optim.Adam(list(parameters.values()), rate, betas, self._epsilon, fused=True)
        for parameter in parameters.values():
            self._optimizer.state[parameter] = {
                "step": torch.zeros((), dtype=torch.float32, device=parameter.device),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }
        self._group = self._optimizer.param_groups[0]

    def forget_gradients(self) -> None:
        """Before a backward pass, which adds to what is there."""
        self._optimizer.zero_grad(set_to_none=True)

    def update(self) -> None:
        """One update by the gradients that the parameters hold."""
        self._count(self._updates + 1)
        self._optimizer.step()

    def _count(self, updates: int) -> None:
        self._updates = updates
        self._group["eps"] = self._epsilon / self._correction()

    def _correction(self) -> float:
        return math.sqrt(1 - self._group["betas"][1] ** self._updates) if self._updates else 1.0

    def as_variables(self) -> PeerAdam:
        """What the evidence reads and writes of it."""
        return PeerAdam(self._counter(), self._moments("exp_avg"), self._moments("exp_avg_sq"), self._settings)

    def _settings(self) -> dict[str, float]:
        """Read back from PyTorch; what is off (weight decay 0) is left out."""
        group = self._group
        beta_1, beta_2 = group["betas"]
        found = {
            "learning_rate": group["lr"],
            "beta_1": beta_1,
            "beta_2": beta_2,
            "epsilon": group["eps"] * self._correction(),
            "weight_decay": group["weight_decay"],
        }
        return {name: float(value) for name, value in found.items() if value}

    def _moments(self, key: str) -> tuple[PeerVariable, ...]:
        state = self._optimizer.state
        return tuple(variable(f"{name}_{key}", state[parameter][key]) for name, parameter in self._parameters.items())

    def _counter(self) -> PeerVariable:
        """The number of updates, of which PyTorch keeps one a parameter; -1 where they are not all alike."""
        steps = [self._optimizer.state[parameter]["step"] for parameter in self._parameters.values()]

        def get() -> Any:
            counts = {int(step) for step in steps}
            return np.int64(counts.pop() if len(counts) == 1 else -1)

        def put(value: Any) -> None:
            self._count(int(value))
            for step in steps:
                step.fill_(float(value))

        return PeerVariable("iterations", (), get, put)
