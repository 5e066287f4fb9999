"""Says what the cause is where only XLA differs: a rule that the code breaks, or a fault of XLA."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from bench.autograph.findings import Finding
from bench.autograph.probe.compare import xla_alone
from bench.autograph.probe.observation import Observation
from bench.autograph.probe.predictions import fits, with_codes_of_message
from bench.autograph.probe.records import CallPlace, FaultyOperation

_OF_RUNTIME = re.compile(r"raised (InvalidArgument|Unimplemented|Internal|NotFound|FailedPrecondition|Unknown)Error")
_OF_SHAPES = re.compile(r"shape|dimension|dynamic|bounded|constant", re.IGNORECASE)
Search = Callable[[str, CallPlace], FaultyOperation | None]  # in a mode, at a call


def attributed(observed: Sequence[Observation], findings: Sequence[Finding], search: Search) -> tuple[Observation, ...]:
    """The observations with what XLA computes differently, where no finding explains it.

    `search` runs the driver once more; it is asked once a function at most.
    """
    answers = dict[tuple[str, int], FaultyOperation | None]()

    def each() -> Iterator[Observation]:
        for observation in observed:
            if not xla_alone(observation):
                yield observation
            elif observation.kind == "exception":
                yield _of_family(with_codes_of_message(observation))
            elif observation.kind != "call" or any(fits(finding, observation) for finding in findings):
                yield observation
            else:
                function = observation.function, observation.line
                if function not in answers:
                    answers[function] = search(observation.modes[-1], CallPlace(*function, observation.call))
                yield _explained(observation, answers[function])

    return tuple(each())


def _of_family(observation: Observation) -> Observation:
    """With a rule of XLA's family, for an error of TensorFlow's runtime that no rule's message fits."""
    if observation.codes or not _OF_RUNTIME.match(observation.text):
        return observation
    return replace(observation, codes=("AG802",) if _OF_SHAPES.search(observation.text) else ("AG801",))


def _explained(observation: Observation, faulty: FaultyOperation | None) -> Observation:
    if faulty is None:
        return observation
    return replace(observation, codes=(faulty.code,) if faulty.code else (), faulty=faulty)


def fault_of_xla(faulty: FaultyOperation) -> str:
    """`XLA computes SquaredDifference of Mean wrongly: [[0.]] without it, [[7.]] with it`."""
    name, *read = faulty.operations
    behind = f" of {' and '.join(read)}" if read else ""
    return f"XLA computes {name}{behind} wrongly: {faulty.expected} without XLA, {faulty.actual} with it"
