"""The environment variables of a process that trains in a mode."""

import os

from bench import modes
from bench.machine.environment import BUS_ORDER, refuse_auto_jit


def child_env(mode: str, device: str, own_model: bool = False) -> dict[str, str]:
    """A child's environment variables: on the CPU it cannot see a GPU; TensorFlow's own notices stay quiet.

    GPUs are counted by their place on the bus, as `nvidia-smi` counts them; CUDA's own order is the fastest first.

    TF_USE_LEGACY_KERAS only spares each child the import of Keras, a quarter of its loading time: no mode here uses
    it, and one that does says otherwise in its `process_env`. A person's own model may be Keras' in every mode.
    Raises BenchError where a variable would make every mode another one.
    """
    refuse_auto_jit()
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_USE_LEGACY_KERAS": "1"}
    env = {**quiet, **os.environ, **dict(modes.KERAS if own_model else ()), **dict(modes.row(mode).process_env)}
    return {**env, **({"CUDA_VISIBLE_DEVICES": "-1"} if device == "cpu" else BUS_ORDER)}
