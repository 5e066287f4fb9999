"""Options -> Plan: the cases and the schedule, everything checked before anything starts."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from itertools import product

from bench.errors import BenchError
from bench.modes import MODES, row
from bench.modes.groups import GROUPS, members
from bench.modes.replicas import why_refused
from bench.records.case import Case
from bench.records.choices import DTYPES, INPUTS, PRESETS, TASKS, Options
from bench.records.run import FORMAT, Plan, Schedule
from bench.runner import replicas, values
from cifar_core.cifar10 import SYNTHETIC, Source
from cifar_core.workload import STEP, Workload

MOST_SLOWED = 500  # per cent: below what makes a case very slow


def make(options: Options, source: Source) -> Plan:
    """The plan for these options on this data. Raises BenchError for the first option that makes no sense."""
    modes, hosts = choose_modes(options.modes), replicas.hosts_of(options)
    cases = _every_case(options, source, modes, hosts)
    return Plan(
        format=FORMAT,
        created=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        seed=options.seed,
        data=options.data,
        data_title=source.title,
        synthetic=source.synthetic,
        cases=cases,
        schedule=schedule(options, groups=len({case.group for case in cases})),
        trace=options.trace,
        needed=(*_numbered(options.devices), *_peers(options.modes)),
        hosts=hosts,
    )


def _every_case(options: Options, source: Source, modes: Sequence[str], hosts: tuple[str, ...]) -> tuple[Case, ...]:
    """Of each workload on each device the baseline, its A/A control, and the others."""
    slowed = slow_down(options.slow_down, modes)
    threads = values.axis(options.threads, "--threads", values.threads)
    axes = product(
        _models(options),
        values.axis(options.batch_sizes, "--batch-sizes", lambda text: values.batch_size(text, source)),
        _places(values.axis(options.devices, "--devices", values.device), threads),
        values.axis(options.dtypes, "--dtypes", partial(values.choice, "dtype", DTYPES, "--dtypes")),
        values.axis(options.inputs, "--inputs", partial(values.choice, "input", INPUTS, "--inputs")),
    )
    task = values.choice("task", TASKS, "--task", options.task)
    _refuse_odd(options, task)
    calls = values.axis(options.steps_per_call, "--steps-per-call", values.steps_per_call)
    numbers = replicas.counts(options, modes)
    cases: list[Case] = []
    for model, batch_size, (device, count), precision, inputs in axes:
        asked = (precision, inputs, options.seed, task, options.args)
        workload = Workload(model, batch_size, source.name, *asked)
        made = [case for mode in modes for case in _cases(mode, device, count, workload, calls)]
        every = [each for case in made for each in replicas.cases(case, numbers, hosts)]
        changed = [
            replace(case, slowdown=slowed.get(case.mode, 0.0), deterministic=options.determinism) for case in every
        ]
        baseline, *others = changed
        cases += [baseline, replace(baseline, again=True), *others]
    return tuple(cases)


def _models(options: Options) -> list[str]:
    """The models, or the one step of a person's own."""
    if options.task == STEP:
        return [values.step(options.models)]
    return values.axis(options.models, "--models", values.model)


def _refuse_odd(options: Options, task: str) -> None:
    if options.args and task != STEP:
        raise BenchError("--args says what a step of your own is called with; type --step module:function beside it")
    if options.seed < 0:
        raise BenchError(f"seed {options.seed} is negative; type e.g. --seed 0")


def refuse(options: Options) -> None:
    """Raises BenchError for options that make no sense, without reading any images: on the synthetic ones."""
    make(options, SYNTHETIC)


def _numbered(devices: str) -> list[str]:
    return list(dict.fromkeys(values.device(text) for text in values.split(devices, "--devices") if ":" in text))


def _peers(modes: str) -> list[str]:
    """The other frameworks' modes that were asked for one by one, not by the name of a group."""
    peers = {mode.name for mode in MODES if mode.peer}
    return [name for name in values.split(modes, "--modes") if name in peers]


def _places(devices: list[str], threads: list[int]) -> list[tuple[str, int]]:
    """Devices with numbers of threads. Of several numbers each is tried on the CPU; a GPU case has no use for that."""
    on_gpu = threads if len(threads) == 1 else [0]
    return [(device, count) for device in devices for count in (threads if device == "cpu" else on_gpu)]


def _cases(mode: str, device: str, threads: int, workload: Workload, calls: list[int]) -> list[Case]:
    """One case, or one for each number of steps a call where the mode loops inside it."""
    return [Case(mode, device, threads, workload, steps_per_call=c) for c in (calls if row(mode).loops else [0])]


def schedule(options: Options, groups: int = 1) -> Schedule:
    """The preset: a goal with a ceiling for each group, unless blocks or a target for intervals are asked for.

    A budget is for all groups together, and becomes the ceiling of each in equal shares.
    """
    names = [preset.name for preset in PRESETS]
    chosen = PRESETS[names.index(values.known("preset", options.preset, names, "--preset"))].schedule
    target_ci = None if options.target_ci is None else values.target_ci(options.target_ci)
    budget_s = None if options.budget is None else values.seconds(options.budget, "--budget")
    limit_s = chosen.time_limit_s if options.time_limit is None else values.seconds(options.time_limit, "--time-limit")
    if options.blocks and target_ci:
        raise BenchError("--blocks and --target-ci are two rules for how long a run goes on; type one of them")
    if options.blocks or target_ci:
        chosen = replace(chosen, goal=None, ceiling_s=None, blocks=options.blocks or chosen.blocks)
    elif budget_s:
        chosen = replace(chosen, ceiling_s=budget_s / groups)
    return replace(chosen, precision=target_ci, budget_s=budget_s, time_limit_s=limit_s)


def choose_mode(text: str, option: str = "--mode") -> str:
    """The one mode named. Raises BenchError, which names the option."""
    if len(values.split(text, option)) != 1 or text in [group.name for group in GROUPS]:
        raise BenchError(f"{option} takes one mode, not '{text}'; type e.g. {option} function")
    return values.known("mode", text.strip(), [mode.name for mode in MODES], option)


def choose_modes(text: str, option: str = "--modes") -> list[str]:
    """The modes named, alone or by a group's name, in the order of MODES, so that the first is the baseline.

    Raises BenchError.
    """
    names, groups = [mode.name for mode in MODES], [group.name for group in GROUPS]
    for name, reason in ((name, why_refused(name)) for name in values.split(text, option)):
        if reason:
            raise BenchError(f"{name}: {reason}; type e.g. {option} function,mirrored")
    asked = [values.known("mode", name, [*names, *groups], option) for name in values.split(text, option)]
    chosen = {name for each in asked for name in (members(each) if each in groups else [each])}
    return [name for name in names if name in chosen]


def slow_down(text: str | None, modes: Sequence[str]) -> dict[str, float]:
    """The mode that is slowed on purpose and by what share of its own time: 'function 5%'. Raises BenchError."""
    if text is None:
        return {}
    match = re.fullmatch(r"\s*(\w+)\s+(\d+(?:\.\d+)?)\s*%\s*", text)
    if not match or not 0 < float(match[2]) <= MOST_SLOWED:
        raise BenchError(
            f"'{text}' slows nothing down; type a mode and 0.1 to {MOST_SLOWED} %, e.g. --slow-down 'function 5%'"
        )
    return {values.known("mode to slow down", match[1], list(modes), "--slow-down"): float(match[2]) / 100}
