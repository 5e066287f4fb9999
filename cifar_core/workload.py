"""The Workload record: one training problem, frozen. Leaves out how it is executed and timed."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Workload:
    """One training problem, the same for every mode that executes it.

    `model` is a name of `models.MODELS`, or a person's own `package.module:factory`. `data` is the identity of the
    images (`Source.name`), not the folder they lie in: a folder belongs to a machine, a workload does not. `seed` fixes
    the initial weights and the choice and order of the batches.
    """

    model: str
    batch_size: int
    data: str
    precision: str = "float32"
    input: str = "resident"
    seed: int = 0

    @property
    def own_model(self) -> bool:
        """Whether the model is a person's own (see own_model.py)."""
        return ":" in self.model

    @property
    def model_slug(self) -> str:
        """The model's name as it may stand in a file's name."""
        return slug(self.model.replace(":", "."))


def slug(text: str) -> str:
    """The text with letters, digits, `_`, `.` and `-` alone; any other character as its number."""
    return re.sub(r"[^A-Za-z0-9_.-]", lambda match: f"_{ord(match[0]):x}", text)
