"""Probes the user's own models of a run before its first block, and keeps the result in the run folder.

Every block compares losses and gradients with the baseline. It cannot see other state that a mode leaves behind (a
counter, a list, an attribute), so such a mode is INVALID because of the probe.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.analysis.validity import TOLERANCES
from bench.autograph.probe.compare import observations
from bench.autograph.probe.observation import Observation
from bench.autograph.probe.predictions import joined, predicted
from bench.autograph.probe.probe import probe
from bench.autograph.probe.records import MODES, Limits, ModeRun, ProbeRequest
from bench.autograph.probe.text import of_finding, verdict
from bench.errors import BenchError
from bench.modes import row
from bench.records.case import Case
from bench.records.files import write
from bench.records.folders import PROBES, read_probes
from bench.records.probes import ModelProbe, Probes
from bench.records.run import FORMAT, Plan
from bench.records.store import Store
from cifar_core.cifar10 import Source
from cifar_core.workload import Workload

LIMITS = Limits(nodes=200_000, seconds=120.0)
UNSEEN = ("state", "leak")  # the kinds of observation that a block's own checks cannot make


def probe_first(store: Store, source: Source, say: Callable[[str], None]) -> Probes:
    """Probe each own model of the plan, unless the folder has the result; say what was observed and keep it."""
    to_probe = _models_to_probe(store.plan)
    if not to_probe or (store.folder / PROBES).exists():
        return read_probes(store.folder)
    probed = []
    for workload, modes in to_probe:
        say(f"probing {workload.model} in {', '.join(modes)}, one process each; --no-probe skips it")
        probed.append(_probe_model(workload, modes, source))
        say("\n".join(probed[-1].lines))
    probes = Probes(FORMAT, tuple(probed))
    write(store.folder / PROBES, probes)
    return probes


def _models_to_probe(plan: Plan) -> list[tuple[Workload, tuple[str, ...]]]:
    """Each own model with its probe modes, the baseline's first; only models that are run in more than one of them."""
    cases: dict[str, list[Case]] = {}
    for case in plan.cases:
        if case.workload.own_model:
            cases.setdefault(case.workload.model, []).append(case)
    per_model = [
        (model_cases[0].workload, tuple(dict.fromkeys(row(case.mode).executes for case in model_cases)))
        for model_cases in cases.values()
    ]
    return [(workload, modes) for workload, modes in per_model if len(modes) > 1]


def _probe_model(workload: Workload, modes: tuple[str, ...], source: Source) -> ModelProbe:
    """The probe of one model. Where it fails or reaches a limit, the run continues without it."""
    try:
        runs = probe(ProbeRequest(modes=modes, limits=LIMITS, workload=workload, source=source), lambda mode: None)
    except BenchError as error:
        return ModelProbe(workload.model, modes, (f"{workload.model} could not be probed: {error}",))
    if limit := next((run.limit for run in runs if run.limit), ""):
        return ModelProbe(workload.model, modes, (f"{workload.model} could not be probed completely: {limit}",))
    return judged(workload, [without_weights(run) for run in runs])


def without_weights(run: ModeRun) -> ModeRun:
    """Without the weights: optimizers amplify rounding, and each block compares the gradients anyway."""
    before, state = (tuple(leaf for leaf in leaves if not leaf.variable) for leaves in (run.before, run.state))
    return replace(run, before=before, state=state)


def judged(workload: Workload, runs: Sequence[ModeRun]) -> ModelProbe:
    """What was observed of a model in all modes, as text, and the modes that leave other state behind."""
    observed = observations(runs, TOLERANCES[workload.precision].curve)
    traced = {function for run in runs for function in run.traced}
    findings = joined(predicted(Path(runs[0].file), traced), observed)
    reported = [
        finding
        for finding in findings
        if finding.observations or (finding.finding and finding.finding.severity != "info")
    ]
    if all(run.raised for run in runs):
        raised = runs[0].raised
        assert raised
        return ModelProbe(workload.model, _modes(runs), (f"{workload.model} fails in every mode: {raised.message}",))
    lines = [line for finding in reported for line in of_finding(finding)]
    return ModelProbe(
        workload.model, _modes(runs), (*lines, f"{workload.model}: {verdict(runs, findings)}"), _apart(observed)
    )


def _modes(runs: Sequence[ModeRun]) -> tuple[str, ...]:
    return tuple(run.mode for run in runs)


def _apart(observed: Sequence[Observation]) -> tuple[tuple[str, str], ...]:
    """The modes that leave other state behind than the baseline, each with the first reason."""
    reasons: dict[str, str] = {}
    for observation in observed:
        for mode in observation.modes if observation.kind in UNSEEN else ():
            reasons.setdefault(mode, observation.text)
    return tuple((mode, reasons[mode]) for mode in MODES if mode in reasons)


def refused(plan: Plan, probes: Probes) -> Mapping[str, str]:
    """The cases, by key, that must not be timed, and why."""
    apart = {(model_probe.model, mode): reason for model_probe in probes.probed for mode, reason in model_probe.apart}
    reasons = {case.key: apart.get((case.workload.model, row(case.mode).executes)) for case in plan.cases}
    return {
        key: f"when probed, it did not do the same as the baseline: {reason}"
        for key, reason in reasons.items()
        if reason
    }
