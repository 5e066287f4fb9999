"""The record of a difference or a cost that was observed."""

from dataclasses import dataclass

from bench.autograph.probe.records import FaultyOperation


@dataclass(frozen=True, slots=True)
class Observation:
    """A difference or a cost that was observed. `codes` are the rules that may explain it.

    `diverges`: the modes do not do the same thing. `name` is the variable or attribute that differs, if any; `call` is
    the number of the call that differs. `faulty` is what XLA computes differently, where that was searched.
    """

    kind: str
    modes: tuple[str, ...]
    text: str
    codes: tuple[str, ...] = ()
    function: str = ""
    file: str = ""
    line: int = 0
    name: str = ""
    diverges: bool = True
    call: int = 0
    faulty: FaultyOperation | None = None
