"""The records of own models probed before a run, as they stand in its folder (probes.json)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelProbe:
    """An own model of a run, probed: in these modes, the first the baseline's; what is said of it.

    `apart` are the modes that leave other state behind than the baseline's, and how.
    """

    model: str
    modes: tuple[str, ...]
    lines: tuple[str, ...]
    apart: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Probes:
    """What stands in a run folder's `probes.json`."""

    format: int
    probed: tuple[ModelProbe, ...] = ()
