"""How a person wants trainings to go, whatever they train."""

from dataclasses import dataclass
from typing import TextIO


@dataclass(frozen=True, slots=True)
class Wishes:
    """`wait` for another command that is timing; the result as JSON on the stream `json`, if any; event files too."""

    wait: bool
    json: TextIO | None
    tensorboard: bool
