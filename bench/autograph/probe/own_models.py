"""A run's own models, probed before its first block: which modes do not do the same, and why.

What is seen is kept in the run folder, so that a run that goes on does not ask again. The line itself holds losses and
gradients against the baseline's in every block; what it cannot see, and what makes a mode INVALID here, is state that
the mode leaves otherwise: a count, a list, an attribute. Leaves out how a driver is watched (probe.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.analysis.validity import TOLERANCES
from bench.autograph.probe.compare import Observation, observations
from bench.autograph.probe.predictions import joined, predicted
from bench.autograph.probe.probe import probe
from bench.autograph.probe.records import MODES, Asked, Limits, Seen
from bench.autograph.probe.text import of_finding, verdict
from bench.errors import BenchError
from bench.modes import row
from bench.records.case import Case
from bench.records.files import write
from bench.records.folders import PROBES, read_probes
from bench.records.probes import Probed, Probes
from bench.records.run import FORMAT, Plan
from bench.records.store import Store
from cifar_core.cifar10 import Source
from cifar_core.workload import Workload

LIMITS = Limits(nodes=200_000, seconds=120.0)
UNSEEN = ("state", "leak")  # what the line cannot see


def probe_first(store: Store, source: Source, say: Callable[[str], None]) -> Probes:
    """Probe each own model of the plan, unless it was; what was seen is said and kept."""
    wanted = _wanted(store.plan)
    if not wanted or (store.folder / PROBES).exists():
        return read_probes(store.folder)
    found = []
    for workload, modes in wanted:
        say(f"probing {workload.model} in {', '.join(modes)}, a process each; --no-probe leaves it out")
        found.append(_probed(workload, modes, source))
        say("\n".join(found[-1].lines))
    probes = Probes(FORMAT, tuple(found))
    write(store.folder / PROBES, probes)
    return probes


def _wanted(plan: Plan) -> list[tuple[Workload, tuple[str, ...]]]:
    """Each own model once, with the ways in which it is executed, the baseline's first; none where all are alike."""
    cases: dict[str, list[Case]] = {}
    for case in plan.cases:
        if case.workload.own_model:
            cases.setdefault(case.workload.model, []).append(case)
    ways = [(own[0].workload, tuple(dict.fromkeys(row(case.mode).executes for case in own))) for own in cases.values()]
    return [(workload, modes) for workload, modes in ways if len(modes) > 1]


def _probed(workload: Workload, modes: tuple[str, ...], source: Source) -> Probed:
    """A probe that fails or that a limit ends loses nothing but itself."""
    try:
        seen = probe(Asked(modes=modes, limits=LIMITS, workload=workload, source=source), lambda mode: None)
    except BenchError as error:
        return Probed(workload.model, modes, (f"{workload.model} could not be probed: {error}",))
    if limit := next((one.limit for one in seen if one.limit), ""):
        return Probed(workload.model, modes, (f"{workload.model} could not be probed to the end: {limit}",))
    return judged(workload, [without_weights(one) for one in seen])


def without_weights(seen: Seen) -> Seen:
    """Rounding, amplified by an optimizer, tells weights apart; the line holds gradients against each other."""
    before, state = (tuple(leaf for leaf in leaves if not leaf.variable) for leaves in (seen.before, seen.state))
    return replace(seen, before=before, state=state)


def judged(workload: Workload, seen: Sequence[Seen]) -> Probed:
    """What was seen of a model in all modes, in words, and the modes that leave other things behind."""
    observed = observations(seen, TOLERANCES[workload.precision].curve)
    places = {place for one in seen for place in one.traced}
    told = joined(predicted(Path(seen[0].file), places), observed)
    weighed = [one for one in told if one.observations or (one.finding and one.finding.severity != "info")]
    if all(one.raised for one in seen):
        raised = seen[0].raised
        assert raised
        return Probed(workload.model, _modes(seen), (f"{workload.model} fails in every mode: {raised.message}",))
    lines = [line for one in weighed for line in of_finding(one)]
    return Probed(workload.model, _modes(seen), (*lines, f"{workload.model}: {verdict(seen, told)}"), _apart(observed))


def _modes(seen: Sequence[Seen]) -> tuple[str, ...]:
    return tuple(one.mode for one in seen)


def _apart(observed: Sequence[Observation]) -> tuple[tuple[str, str], ...]:
    """The modes that leave other state behind, each with the first reason."""
    found: dict[str, str] = {}
    for one in observed:
        for mode in one.modes if one.kind in UNSEEN else ():
            found.setdefault(mode, one.text)
    return tuple((mode, found[mode]) for mode in MODES if mode in found)


def refused(plan: Plan, probes: Probes) -> Mapping[str, str]:
    """The cases, by key, that are not timed, and why."""
    apart = {(one.model, mode): reason for one in probes.probed for mode, reason in one.apart}
    reasons = {case.key: apart.get((case.workload.model, row(case.mode).executes)) for case in plan.cases}
    return {key: f"probed, it does not do the baseline's work: {reason}" for key, reason in reasons.items() if reason}
