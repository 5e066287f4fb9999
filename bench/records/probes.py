"""The records of own models probed before a run (probes.json)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ModelProbe:
    """The probe of one own model: its modes, the baseline's first, and the lines that report it.

    `apart` are the modes that leave other state behind than the baseline, each with the difference.
    """

    model: str
    modes: tuple[str, ...]
    lines: tuple[str, ...]
    apart: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Probes:
    """The contents of `probes.json` in a run folder."""

    format: int
    probed: tuple[ModelProbe, ...] = ()
