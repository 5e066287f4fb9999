"""What JAX says of its tracing and compiling, in the whole process. No mode itself."""

from typing import Any

import jax

_TRACED = "/jax/core/compile/jaxpr_trace_duration"
_COMPILED = "/jax/core/compile/backend_compile_duration"


class Compilations:
    """How many programs XLA has compiled for JAX so far, and how many microseconds JAX has traced."""

    def __init__(self) -> None:
        self.programs = self.tracing_us = 0
        jax.monitoring.register_event_duration_secs_listener(self._note)

    def _note(self, event: str, seconds: float, **_: Any) -> None:
        self.programs += event == _COMPILED
        self.tracing_us += int(1e6 * seconds) if event == _TRACED else 0


def jax_devices(arrays: Any) -> tuple[str, ...]:
    """Where the arrays of a structure are, as TensorFlow would name it: `CPU:0`."""
    places = {place for array in jax.tree.leaves(arrays) for place in array.devices()}
    return tuple(f"device:{place.platform.upper()}:{place.local_hardware_id or 0}" for place in sorted(places, key=str))
