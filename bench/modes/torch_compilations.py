"""What torch.compile makes of a function, and how often it is called. No mode itself."""

import time
from collections.abc import Callable
from typing import Any

import torch
from torch._inductor.compile_fx import compile_fx  # what torch.compile calls by default, with what it is given noted


class TorchCompilations:
    """How many graphs TorchInductor has compiled so far, of how many nodes, in how long, and the calls of them."""

    def __init__(self) -> None:
        self.graphs = self.nodes = self.called = self.tracing_us = 0

    def compiled(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function as torch.compile makes it, in its default mode."""
        made: Callable[..., Any] = torch.compile(function, backend=self._backend)
        return made

    def _backend(self, graph: Any, examples: Any) -> Any:
        start = time.perf_counter()
        program = compile_fx(graph, examples)
        self.tracing_us += int(1e6 * (time.perf_counter() - start))
        self.graphs, self.nodes = self.graphs + 1, self.nodes + len(graph.graph.nodes)

        def call(*values: Any) -> Any:
            self.called += 1
            return program(*values)

        return call
