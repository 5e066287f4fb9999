"""Whether a case of two runs can be compared: measured and valid in both, on the same weights, batches and work."""

from dataclasses import dataclass

from bench.analysis.gradients import noise_in, with_noise_of
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.validity import unequal_work
from bench.records.proof import Evidence


@dataclass(frozen=True, slots=True)
class NamedRun:
    """A run and the name by which reports call it."""

    name: str
    run: Run


CaseInGroup = tuple[GroupResult, CaseResult]


def why_not(before: tuple[NamedRun, CaseInGroup | None], after: tuple[NamedRun, CaseInGroup | None]) -> str:
    """Why a case of two runs cannot be compared; empty where it can."""
    for named, in_group in (before, after):
        if in_group is None:
            return f"{named.name} does not hold it"
        _, result = in_group
        if result.invalid:
            return f"INVALID in {named.name}: {result.invalid[0]}"
        if not result.measurements:
            return f"not measured in {named.name}{': ' * bool(result.refused)}{result.refused}"
    assert before[1] and after[1]
    return _other_work(before[0].name, before[1], after[1][1])


def _other_work(name: str, before: CaseInGroup, after: CaseResult) -> str:
    """Why the two did not do the same work, as within a run; `name` is that of the run before."""
    expected, evidence = _with_noise(*before), after.measurements[0].evidence
    if expected.batches_digest != evidence.batches_digest:
        return "the runs trained on other batches"
    if expected.weights_digest != evidence.weights_digest:
        return "the runs started from other weights"
    unequal = unequal_work(evidence, expected, after.case.workload.precision, after.case.device)
    return f"other work than in {name}: {unequal[0]}" if unequal else ""


def _with_noise(group: GroupResult, result: CaseResult) -> Evidence:
    """The case's evidence with the rounding noise that its baseline measured of the same weights and batches."""
    evidence = result.measurements[0].evidence
    return with_noise_of(evidence, noise_in(group.baseline.measurements) or evidence)
