"""A real worker whose replicas forget the all-reduce: each updates its weights by the gradients of its own share."""

from collections.abc import Sequence
from typing import Any

from bench.machine.child_end import connect
from bench.modes import replicated
from bench.worker.instruments import Instruments
from bench.worker.serve import serve


def apply(self: replicated.Averaged, gradients: Sequence[Any]) -> Any:
    return self._optimizer.apply(gradients)


if __name__ == "__main__":
    replicated.Averaged.apply = apply  # type: ignore[method-assign]
    serve(*connect(), Instruments())
