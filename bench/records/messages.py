"""What a parent and its timed child say to each other, one record a line: an Order, then a Reply to each request."""

from dataclasses import dataclass

from bench.records.case import Case
from bench.records.environment import Environment
from bench.records.proof import Evidence
from bench.records.run import Failure, Measurement, Schedule
from cifar_core.cifar10 import Source


@dataclass(frozen=True, slots=True)
class Order:
    """Parent to child, once: what to measure. The data's folder is the machine's, so it is not part of the case.

    `measures_noise`: whether it measures how far rounding moves its first steps. The A/A control does if the baseline
    does, so that its process does exactly what the baseline's does.
    `in_full`: once a run, for it takes time: the evidence of equal work has directions, five updates are repeated, the
    weights are looked at after some more, and the late update takes the batch that all cases take.
    `new_steps`: whether no earlier block had slices of as many steps, so that one call of a whole slice is compared
    with single steps; where it was, replaying the first updates is enough.
    `xla_cache` is the folder of XLA's disk cache for a mode that reads from it; '' for all others. `handed_over` is the
    file with the TensorFlow task's weights and batches for a mode of another framework, and '' for all others. `trace`:
    the folder for its trace, where it is to keep one.
    `addresses`: of a case in several processes, the host:port at which TensorFlow reaches each; `number` is which of
    them this one is, from 0. `hosts`: the machines of such a case, as typed; none where all is on this machine.
    """

    case: Case
    block: int
    schedule: Schedule
    environment: Environment
    source: Source
    measures_noise: bool = False
    xla_cache: str = ""
    in_full: bool = True
    new_steps: bool = True
    handed_over: str = ""
    trace: str = ""
    addresses: tuple[str, ...] = ()
    number: int = 0
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageRequest:
    """Parent to child: one of WORKER_STAGES, how many steps it takes, and the round of a slice.

    `examines`: whether a case that closes is looked at by diagnostics and replay, which train on; not when a person
    interrupts and waits for what was timed.
    """

    stage: str
    steps: int = 0
    round: int = 0
    examines: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """Child to parent, one a request: the stage's seconds and what it adds. `step_s` is a first idea of a step."""

    seconds: float = 0.0
    step_s: float = 0.0
    evidence: Evidence | None = None
    measurement: Measurement | None = None
    failure: Failure | None = None
