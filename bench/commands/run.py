"""`run`: plan a run, measure it, report it.

Each function imports what it needs when it is called, so that --help and list answer at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from bench.commands import measuring, run_accuracy, run_on, spelling
from bench.commands import run_options as asked
from bench.commands.console import aside, host_lock, results, slowly, source_of, speaking, warn_of_caches
from bench.commands.fleet import where
from bench.commands.report import show_run
from bench.errors import BenchError, Exit
from bench.machine.signals import exit_code
from bench.records.choices import DEFAULTS, Options
from cifar_core.workload import STEP

if TYPE_CHECKING:
    from bench.records.run import Plan
    from bench.records.store import Store
    from bench.runner.hosts import Place
    from cifar_core.cifar10 import Source


def run(
    modes: asked.Modes = DEFAULTS.modes,
    models: asked.Models = DEFAULTS.models,
    step: asked.Step = None,
    args: asked.Args = DEFAULTS.args,
    task: asked.Task = DEFAULTS.task,
    batch_sizes: asked.BatchSizes = DEFAULTS.batch_sizes,
    devices: asked.Devices = DEFAULTS.devices,
    threads: asked.Threads = DEFAULTS.threads,
    dtypes: asked.Dtypes = None,
    inputs: asked.Inputs = DEFAULTS.inputs,
    steps_per_call: asked.StepsPerCall = DEFAULTS.steps_per_call,
    replicas: asked.Replicas = DEFAULTS.replicas,
    hosts: asked.Hosts = DEFAULTS.hosts,
    data: asked.Data = DEFAULTS.data,
    seed: asked.Seed = DEFAULTS.seed,
    slow_down: asked.SlowDown = DEFAULTS.slow_down,
    determinism: asked.Determinism = DEFAULTS.determinism,
    probe: asked.Probe = True,
    preset: asked.Preset = DEFAULTS.preset,
    target_ci: asked.TargetCi = DEFAULTS.target_ci,
    budget: asked.Budget = DEFAULTS.budget,
    time_limit: asked.TimeLimit = DEFAULTS.time_limit,
    blocks: asked.Blocks = None,
    accuracy: asked.Accuracy = False,
    seeds: asked.Seeds = run_accuracy.SEEDS,
    steps: asked.Steps = run_accuracy.STEPS,
    out: asked.Out = None,
    resume: asked.Resume = None,
    retry_failed: asked.RetryFailed = False,
    trace: asked.Trace = False,
    json: asked.Json = False,
    quiet: asked.Quiet = False,
    wait: asked.Wait = True,
    on: asked.On = None,
    each_machine: asked.EachMachine = False,
    tls: asked.Tls = None,
    precisions: asked.OldDtypes = None,
    precision: asked.OldTargetCi = None,
) -> Exit:
    """Time the training step in each mode and write a report."""
    typed = locals()
    if on is not None or each_machine or tls is not None:
        return _elsewhere(typed)
    with speaking(json, quiet) as out_stream:
        return _asked(typed, out_stream)


def _asked(typed: Mapping[str, Any], stream: TextIO) -> Exit:
    """What was typed, by the names of run's parameters; `stream` is where the results go as JSON, if they do."""
    options, resume, training = _options(typed), typed["resume"], (typed["seeds"], typed["steps"])
    wishes = _Wishes(
        typed["blocks"] if resume else None,
        typed["probe"],
        typed["wait"],
        training if typed["accuracy"] else None,
        stream if typed["json"] else None,
    )
    if resume:
        return _resume(resume, typed["data"], typed["retry_failed"], wishes)
    return _new(options, typed["out"], typed["retry_failed"], wishes)


def _elsewhere(typed: Mapping[str, Any]) -> Exit:
    """On the machines of a fleet."""
    run_on.refuse(typed)
    place = where(typed["on"], typed["tls"])
    assert place
    options = spelling.understood(_options(typed))
    with speaking(False, typed["quiet"]):
        return run_on.resume(typed["resume"], place) if typed["resume"] else run_on.start(options, typed["out"], place)


def _options(typed: Mapping[str, Any]) -> Options:
    """What was typed, by the names of run's parameters: old names under new ones, a step in the place of a model."""
    dtypes = spelling.renamed("precisions", typed["precisions"], typed["dtypes"]) or DEFAULTS.dtypes
    target_ci = spelling.renamed("precision", typed["precision"], typed["target_ci"])
    plain = {field.name: typed[field.name] for field in fields(Options)}
    options = replace(Options(**plain), dtypes=dtypes, target_ci=target_ci)
    options = replace(options, blocks=None) if typed["resume"] else options
    return options if typed["step"] is None else replace(options, models=spelling.step(typed["step"]), task=STEP)


@dataclass(frozen=True, slots=True)
class _Wishes:
    """How a run is made: when it goes on, so many blocks more; own models probed first; whether to wait for its turn.

    `training`: seeds and steps of the trainings that follow. `json`: where the results go as JSON, if they do.
    """

    blocks: int | None
    probe: bool
    wait: bool
    training: tuple[int, int] | None = None
    json: TextIO | None = None


def _new(options: Options, out: Path | None, retry_failed: bool, wishes: _Wishes) -> Exit:
    if retry_failed:
        raise BenchError("--retry-failed needs a run; type e.g. --resume results/RUN --retry-failed")
    return _start(spelling.understood(options), out, wishes)


def _start(options: Options, out: Path | None, wishes: _Wishes) -> Exit:
    """Plan a run, measure it or its first blocks, report it; the user's own models are probed first."""
    from bench.runner import plan
    from bench.runner.hosts import claimed
    from cifar_core import cifar10

    run_accuracy.refuse(plan.make(options, cifar10.SYNTHETIC), wishes.training)  # before any images are read
    folder = out or results(options.preset)
    with slowly(f"reading the data ({options.data}) and earlier runs"):
        prepared = measuring.prepare(options, folder)
    with claimed(prepared.plan.hosts) as place:
        if place and place.number:
            return _serve(prepared.plan, prepared.source, place, wishes.wait)
        with measuring.create(prepared, folder, aside, host_lock(wishes.wait)) as store:
            return _measure(store, prepared.source, wishes)


def _serve(planned: "Plan", source: "Source", place: "Place", wait: bool) -> Exit:
    """Start workers for the first machine of --hosts, until it ends."""
    from contextlib import nullcontext

    from bench.runner.host_service import HostService

    aside(f"this is {planned.hosts[place.number]}: waiting for {planned.hosts[0]}, which measures")
    HostService(planned, source).serve(place, lambda far: host_lock(wait) if far else nullcontext())
    aside(f"{planned.hosts[0]} is done")
    return Exit.OK


def _resume(folder: Path, data: str, retry_failed: bool, wishes: _Wishes) -> Exit:
    """Go on with a run, or with its next blocks; `data` other than `auto` says where its images are now."""
    from bench.records.kinds import refuse_others
    from bench.records.store import Store

    refuse_others(folder, "plan.json")
    run_on.refuse_shipped(folder)
    with Store.resume(folder) as store:
        run_accuracy.refuse(store.plan, wishes.training)
        source = source_of(store, data)
        host_lock(wishes.wait).ask()
        if retry_failed:
            _retry(store, wishes.probe)
        return _measure(store, source, wishes)


def _retry(store: "Store", probe: bool) -> None:
    """What failed is measured anew, and the user's own models, which may be others by now, are probed anew."""
    from bench.records.folders import PROBES
    from bench.runner.run import set_failed_aside

    if probe:
        (store.folder / PROBES).unlink(missing_ok=True)
    failures = set_failed_aside(store)
    aside(f"to be measured again: {failures} that failed" if failures else f"nothing failed in {store.folder}")


def _measure(store: "Store", source: "Source", wishes: _Wishes) -> Exit:
    from bench.report.run import build
    from bench.report.summary import exit_code as code_of

    aside(f"data: {source.title}\nrun folder: {store.folder}")
    warn_of_caches()
    if store.warning:
        aside(f"warning: {store.warning}")
    _forecast(store)
    try:
        if stop_reason := _execute(store, source, wishes):
            aside(f"note: {stop_reason}")
        if wishes.training:
            run_accuracy.train(store, source, *wishes.training, wishes.wait)
    except KeyboardInterrupt as error:
        more = " --accuracy" if wishes.training else ""
        aside(f"interrupted; go on with: cifar-bench run --resume {store.folder}{more}")
        build(store)
        return exit_code(error)
    aside("writing the report")
    report = build(store)
    show_run(report, wishes.json)
    return code_of(report.run, report.trainings)


def _forecast(store: "Store") -> None:
    """Say how long the blocks that are missing will take, if any are."""
    from bench.machine import environment
    from bench.runner import eta
    from bench.runner.run import budget

    cores = environment.usable_cores(environment.read())
    if forecast := eta.foretell(store.plan, store.held(), cores, budget(store.plan.schedule)):
        aside(forecast)


def _execute(store: "Store", source: "Source", wishes: _Wishes) -> str:
    """Probe the user's own models, then measure. Returns why it stopped before its last block, '' where it did not."""
    from bench.commands import terminal

    turn = host_lock(wishes.wait, f"; go on with: cifar-bench run --resume {store.folder}")
    with terminal.progress("repetition") as progress:
        manner = measuring.Manner(aside, progress, turn, wishes.probe, wishes.blocks)
        return measuring.measure(store, source, manner)
