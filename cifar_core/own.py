"""What a person's own code is to be: a model, or a step. Imports and runs it: only in a child process."""

from cifar_core.own_model import OwnModel
from cifar_core.own_step import OwnStep
from cifar_core.workload import STEP, Workload


def opened(workload: Workload) -> OwnModel | OwnStep:
    """The workload's own code, found sound. Raises ModelError, and whatever the code raises."""
    return OwnStep(workload) if workload.task == STEP else OwnModel(workload)
