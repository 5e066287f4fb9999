"""Made-up runs of modes with replicas."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from builders import a_group, a_measurement, a_plan

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.case import Case
from bench.records.costs import Costs
from bench.records.replicas import AllReduceCost, ReplicaProof
from bench.records.run import Failure, Measurement, Outcome

BLOCKS = 6


def a_proof(replicas: int, batch_size: int) -> ReplicaProof:
    ops = ("2 x CollectiveReduceV2",) if replicas > 1 else ()
    return ReplicaProof(replicas, batch_size // replicas, ops, "the memory of one process", ("a",) * replicas)


def a_replicated(
    mode: str, replicas: int, block: int = 0, step_s: float = 0.02, without: float = 0.75, case: Case | None = None
) -> Measurement:
    """A measurement of a case whose step without its all-reduce takes so much of its time."""
    case = case or replace(a_group((mode,))[0], replicas=replicas)
    measured = a_measurement(replace(case, replicas=0), block, step_s)
    proof = replace(measured.proof, replicas=a_proof(replicas, case.workload.batch_size))
    cost = AllReduceCost(step_s, without * step_s, 11) if replicas > 1 and block == 0 else None
    return replace(measured, case=case, proof=proof, costs=Costs(1.0, 1, 1, all_reduce=cost))


def a_run(
    steps: Mapping[str, float],
    batch_sizes: Sequence[int] = (64,),
    without: float = 0.75,
    refused: Mapping[str, tuple[str, str]] | None = None,
) -> Run:
    """tf.function in 0.03 s, and each of these cases, 'mirrored-r2', in its seconds; or `refused`: stage and reason."""
    cases, outcomes = list[Case](), list[Outcome]()
    for size in batch_sizes:
        group = [replace(c, workload=replace(c.workload, batch_size=size)) for c in a_group(("function",))]
        split = [_split(group[0], arm) for arm in (*steps, *(refused or {}))]
        cases += [*group, *split]
        outcomes += [Outcome(measurement=a_measurement(c, b, _noisy(0.03, b))) for c in group for b in range(BLOCKS)]
        for case, step_s in zip(split, steps.values(), strict=False):
            made = [a_replicated("", case.replicas, b, _noisy(step_s, b), without, case) for b in range(BLOCKS)]
            outcomes += [Outcome(measurement=each) for each in made]
        for case in split[len(steps) :]:
            outcomes.append(Outcome(failure=Failure(case, 0, *(refused or {})[case.arm])))
    return analyse(a_plan(tuple(cases)), outcomes)


def _split(case: Case, arm: str) -> Case:
    mode, _, replicas = arm.partition("-r")
    return replace(case, mode=mode, replicas=int(replicas))


def _noisy(step_s: float, block: int) -> float:
    return step_s * (1 + 0.002 * (block % 3))
