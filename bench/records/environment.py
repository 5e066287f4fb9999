"""The machine and the versions that numbers belong to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

ONEDNN_VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
# Any of these in /proc/cpuinfo: DefaultOneDnnPolicy in tensorflow/core/util/port.cc, for Linux.
ONEDNN_FEATURES = ("avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16")
_ON, _OFF = ("1", "true"), ("0", "false")


@dataclass(frozen=True, slots=True)
class Environment:
    """What the numbers belong to. `flags`: variables that change what TensorFlow does; loads: one-minute averages.

    `stolen` is the share of the block's CPU time, over all cores, that a hypervisor gave to others; `at` when the block
    began, in seconds since 1970. `cpu_features` are the CPU's vector instructions that decide which kernels are
    executed, as in /proc/cpuinfo: hypervisors hide the CPU's model. None where the system does not say.
    """

    os: str
    cpu: str
    cores: int
    cgroup_quota_cores: float | None
    memory_bytes: int
    gpu: str | None
    driver: str | None
    python: str
    tensorflow: str
    numpy: str
    flags: tuple[tuple[str, str], ...]
    commit: str | None
    dirty: bool | None
    load_before: float | None = None
    load_after: float | None = None
    stolen: float | None = None
    at: float | None = None
    cpu_features: str | None = None

    @property
    def onednn(self) -> bool | None:
        """Whether TensorFlow executes oneDNN's kernels, by `onednn_used`."""
        return onednn_used(dict(self.flags), self.cpu_features)


def onednn_used(variables: Mapping[str, str], cpu_features: str | None) -> bool | None:
    """Whether TensorFlow executes oneDNN's kernels: by the variable, else by the CPU; None where that is unknown."""
    asked = variables.get(ONEDNN_VARIABLE, "").lower()
    if asked in (*_ON, *_OFF):
        return asked in _ON
    return None if cpu_features is None else any(name in cpu_features.split() for name in ONEDNN_FEATURES)


_CHANGING = ("load_before", "load_after", "stolen", "at")  # from block to block


LASTING = tuple(field.name for field in fields(Environment) if field.name not in _CHANGING)  # alike in all of a run


def differ(name: str, values: Iterable[object]) -> bool:
    """Whether a field's values are not all the same; runs of older versions do not hold the CPU's features."""
    return len({value for value in values if (name, value) != ("cpu_features", None)}) > 1
