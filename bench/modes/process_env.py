"""The environment variables of a process that trains in a mode."""

from bench import modes
from bench.machine import xla_flags
from bench.machine.environment import BUS_ORDER, refuse_auto_jit


def child_env(mode: str, device: str, own_model: bool = False, xla_cache: str = "") -> dict[str, str]:
    """A child's environment variables: on the CPU it cannot see a GPU; TensorFlow's own notices stay quiet.

    GPUs are counted by their place on the bus, as `nvidia-smi` counts them; CUDA's own order is the fastest first.

    TF_USE_LEGACY_KERAS only saves each child the import of Keras, a quarter of its loading time: no mode here uses
    it, and one that does says otherwise in its `process_env`. A person's own model may be Keras' in every mode.
    A person's compilation caches are turned off, because each child must compile; `xla_cache` is the folder of one that
    was made for this child. Raises BenchError where a variable would make every mode another one.
    """
    refuse_auto_jit()
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_USE_LEGACY_KERAS": "1"}
    inherited, row = xla_flags.without_caches(), dict(modes.row(mode).process_env)
    env = {**quiet, **inherited, **dict(modes.KERAS if own_model else ()), **row}
    cache = xla_flags.spelled(xla_flags.CACHE_FOLDER, xla_cache) if xla_cache else ""
    if added := [flag for flag in (row.get(xla_flags.TF_XLA_FLAGS), cache) if flag]:
        # A person's own flags come first: of two values of one flag the last one counts.
        given = xla_flags.flags(inherited.get(xla_flags.TF_XLA_FLAGS, ""))
        env[xla_flags.TF_XLA_FLAGS] = " ".join((*given, *added))
    return {**env, **({"CUDA_VISIBLE_DEVICES": "-1"} if device == "cpu" else BUS_ORDER)}
