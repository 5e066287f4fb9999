"""The Workload record: what is computed, frozen: a training step, inference, or a person's own step.

Leaves out how it is executed and timed.
"""

import re
from dataclasses import dataclass

TRAIN, INFER, STEP = "train", "infer", "step"
TASKS = (TRAIN, INFER, STEP)


@dataclass(frozen=True, slots=True)
class Workload:
    """One problem, the same for every mode that executes it.

    `model` is a name of `models.MODELS`, or a person's own `package.module:factory`. `data` is the identity of the
    images (`Source.name`), not the folder they lie in: a folder belongs to a machine, a workload does not. `seed` fixes
    the initial weights and the choice and order of the batches. `task` is one of TASKS; `arguments`: what
    a person's own step is called with, as typed, where no factory gives its batches.
    """

    model: str
    batch_size: int
    data: str
    precision: str = "float32"
    input: str = "resident"
    seed: int = 0
    task: str = TRAIN
    arguments: str = ""

    @property
    def own_model(self) -> bool:
        """Whether the model is a person's own (see own_model.py)."""
        return ":" in self.model or self.task == STEP

    @property
    def slug_of_task(self) -> str:
        """What distinguishes it from a training of the same name in a file's name; '' of a training."""
        return "".join(f"-{slug(part)}" for part in (self.task, self.arguments) if part and part != TRAIN)

    @property
    def model_title(self) -> str:
        """The model's name; of a function in a file without the folder, which is the machine's."""
        return self.model.rpartition("/")[2]

    @property
    def model_slug(self) -> str:
        """The same as it may stand in a file's name."""
        return slug(self.model_title.replace(".py:", ":").replace(":", "."))


def slug(text: str) -> str:
    """The text with letters, digits, `_`, `.` and `-` alone; any other character as its number."""
    return re.sub(r"[^A-Za-z0-9_.-]", lambda match: f"_{ord(match[0]):x}", text)
