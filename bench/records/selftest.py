"""The records of a self-test as they stand in its folder (selftest.json). Its runs are ordinary ones."""

from dataclasses import dataclass

from bench.records.environment import Environment


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """The clock itself, in seconds: what the system promises, the smallest step seen, and what reading it costs."""

    name: str
    resolution_s: float
    tick_s: float
    cost_s: float


@dataclass(frozen=True, slots=True)
class Harness:
    """One mode's pairs of neighbouring measurements, in seconds a step: a slice as a run takes it, and one bare loop.

    The bare loop is `steps` steps in one go, in the same process, with the clock read before and after it.
    """

    mode: str
    slices_s: tuple[float, ...]
    loops_s: tuple[float, ...]
    steps: int


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What was tested, on what, and how it differs from an ordinary run. `neighbour`: a process kept one core busy."""

    format: int
    created: str
    preset: str
    mode: str
    runs: int
    neighbour: bool
    data_title: str
    synthetic: bool
    environment: Environment
    clock: ClockCheck
    harness: tuple[Harness, ...]


LOOP = 4  # a bare loop is so many slices long
