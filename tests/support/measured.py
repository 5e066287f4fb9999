"""Cases measured in the test's own process with real steps: honest ones, and tasks that are wrong on purpose."""

from functools import cache, partial
from typing import Any

from builders import ENVIRONMENT, SCHEDULE
from taken import fakes, stages
from taken import taken as taken_through

from bench import modes
from bench.records.case import Case
from bench.records.messages import Order
from bench.records.run import Measurement
from bench.worker.setup import SetUp, Setup
from cifar_core import models, pipeline
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.inputs import Resident
from cifar_core.optimizers import Adam
from cifar_core.pipeline import Batches
from cifar_core.training import Task
from cifar_core.workload import Workload

BATCH = 4


def measured(
    mode: str, model: str = "tutorial_cnn", make_task: type[Task] = Task, slices: int = 2, **changes: Any
) -> Measurement:
    """One case taken through the worker's stages in this process: real steps, real proof, few of them."""
    workload = Workload(model, BATCH, "synthetic", **changes)
    batches = pipeline.resident(SYNTHETIC, BATCH, 0)

    def set_up_here(_: Order) -> Setup:
        return Setup(lambda: open_trainer(partial(resident, make_task, workload, batches)), "batches")

    open_trainer = modes.load(mode)
    return taken(Case(mode, "cpu", 0, workload), set_up_here, slices)


def taken(case: Case, prepare: SetUp, slices: int = 2) -> Measurement:
    order = Order(case, 0, SCHEDULE, ENVIRONMENT, SYNTHETIC)
    return taken_through(order, fakes(prepare), stages(2, *[3] * slices))[1]


def resident(kind: type[Task], workload: Workload, batches: Batches, *hold: Any) -> Task:
    """A resident task of a kind that is wrong on purpose."""
    model = models.load(workload.model)(workload.seed)
    return kind(model, Adam(tuple(model.trainable_variables)), Resident(batches, *hold), workload.precision)


@cache
def once(mode: str = "eager", model: str = "tutorial_cnn", **changes: Any) -> Measurement:
    """As `measured`, for what many tests compare with: measured for the first of them alone."""
    return measured(mode, model, **changes)
