"""The machine and the versions that numbers belong to."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Environment:
    """What the numbers belong to. `flags`: variables that change what TensorFlow does; loads: one-minute averages.

    `stolen` is the share of the block's CPU time, over all cores, that a hypervisor gave to others; `at` when the block
    began, in seconds since 1970.
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


_CHANGING = ("load_before", "load_after", "stolen", "at")  # from block to block


LASTING = tuple(field.name for field in fields(Environment) if field.name not in _CHANGING)  # alike in all of a run
