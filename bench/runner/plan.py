"""Options -> Plan: the cases and the schedule, everything checked before anything starts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from itertools import product
from typing import TypeVar

from bench.errors import BenchError, unknown
from bench.modes import MODES, row
from bench.modes.groups import GROUPS, members
from bench.modes.replicas import why_refused
from bench.records.case import Case
from bench.records.choices import DEVICES, DTYPES, INPUTS, PRESETS, TASKS, Choice, Options
from bench.records.run import FORMAT, Plan, Schedule
from bench.runner import replicas
from cifar_core.cifar10 import SYNTHETIC, Source
from cifar_core.models import MODELS
from cifar_core.workload import STEP, Workload

Value = TypeVar("Value")
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
        needed=(*_numbered(options.devices), *(name for name in _split(options.modes, "--modes") if _is_peer(name))),
        hosts=hosts,
    )


def _every_case(options: Options, source: Source, modes: Sequence[str], hosts: tuple[str, ...]) -> tuple[Case, ...]:
    """Of each workload on each device the baseline, its A/A control, and the others."""
    slowed = slow_down(options.slow_down, modes)
    threads = _axis(options.threads, "--threads", _threads)
    axes = product(
        [_step(options.models)] if options.task == STEP else _axis(options.models, "--models", _model),
        _axis(options.batch_sizes, "--batch-sizes", lambda text: _batch_size(text, source)),
        _places(_axis(options.devices, "--devices", _device), threads),
        _axis(options.dtypes, "--dtypes", partial(_choice, "dtype", DTYPES, "--dtypes")),
        _axis(options.inputs, "--inputs", partial(_choice, "input", INPUTS, "--inputs")),
    )
    task = _choice("task", TASKS, "--task", options.task)
    _refuse_odd(options, task)
    calls, numbers = _axis(options.steps_per_call, "--steps-per-call", _steps_per_call), replicas.counts(options, modes)
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


def _refuse_odd(options: Options, task: str) -> None:
    if options.args and task != STEP:
        raise BenchError("--args says what a step of your own is called with; type --step module:function beside it")
    if options.seed < 0:
        raise BenchError(f"seed {options.seed} is negative; type e.g. --seed 0")


def refuse(options: Options) -> None:
    """Raises BenchError for options that make no sense, without reading any images: on the synthetic ones."""
    make(options, SYNTHETIC)


def _numbered(devices: str) -> list[str]:
    return list(dict.fromkeys(_device(text) for text in _split(devices, "--devices") if ":" in text))


def _is_peer(name: str) -> bool:
    """Whether this is another framework's mode, not a group of them."""
    return any(mode.name == name and mode.peer for mode in MODES)


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
    chosen = PRESETS[names.index(_known("preset", options.preset, names, "--preset"))].schedule
    target_ci = None if options.target_ci is None else _target_ci(options.target_ci)
    budget_s = None if options.budget is None else seconds(options.budget, "--budget")
    limit_s = chosen.time_limit_s if options.time_limit is None else seconds(options.time_limit, "--time-limit")
    if options.blocks and target_ci:
        raise BenchError("--blocks and --target-ci are two rules for how long a run goes on; type one of them")
    if options.blocks or target_ci:
        chosen = replace(chosen, goal=None, ceiling_s=None, blocks=options.blocks or chosen.blocks)
    elif budget_s:
        chosen = replace(chosen, ceiling_s=budget_s / groups)
    return replace(chosen, precision=target_ci, budget_s=budget_s, time_limit_s=limit_s)


def choose_mode(text: str, option: str = "--mode") -> str:
    """The one mode named. Raises BenchError, which names the option."""
    if len(_split(text, option)) != 1 or text in [group.name for group in GROUPS]:
        raise BenchError(f"{option} takes one mode, not '{text}'; type e.g. {option} function")
    return _known("mode", text.strip(), [mode.name for mode in MODES], option)


def choose_modes(text: str, option: str = "--modes") -> list[str]:
    """The modes named, alone or by a group's name, in the order of MODES, so that the first is the baseline.

    Raises BenchError.
    """
    names, groups = [mode.name for mode in MODES], [group.name for group in GROUPS]
    for name, reason in ((name, why_refused(name)) for name in _split(text, option)):
        if reason:
            raise BenchError(f"{name}: {reason}; type e.g. {option} function,mirrored")
    asked = [_known("mode", name, [*names, *groups], option) for name in _split(text, option)]
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
    return {_known("mode to slow down", match[1], list(modes), "--slow-down"): float(match[2]) / 100}


def _axis(text: str, option: str, read: Callable[[str], Value]) -> list[Value]:
    """The values of a comma-separated option, each once however it was spelled."""
    return list(dict.fromkeys(read(part) for part in _split(text, option)))


def _split(text: str, option: str) -> list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(len(part.split()) > 1 for part in parts):
        raise BenchError(f'{option} "{text}": use commas; type {option} {",".join(text.replace(",", " ").split())}')
    if not parts:
        raise BenchError(f"{option} is empty; give one or more values with commas between them")
    return parts


def _known(kind: str, name: str, known: list[str], option: str) -> str:
    if name not in known:
        raise unknown(kind, name, known, option)
    return name


def _choice(kind: str, choices: tuple[Choice, ...], option: str, name: str) -> str:
    return _known(kind, name, [choice.name for choice in choices], option)


def _model(text: str) -> str:
    """A model of ours, or a person's own by its spelling alone: their code is run by workers only."""
    if ".py:" in text:
        return _step(text)
    if ":" not in text:
        return _known("model", text, [*(row.name for row in MODELS), "your own as package.module:factory"], "--models")
    module, _, factory = text.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), factory)):
        raise BenchError(f"'{text}' is not package.module:factory; type e.g. --model my_models:make_net")
    return text


def _step(text: str) -> str:
    """A person's own step by its spelling alone."""
    name, _, function = text.rpartition(":")
    module = name.rstrip(":")
    if not function.isidentifier() or not (module.endswith(".py") or _is_dotted(module)):
        raise BenchError(f"'{text}' is not module:function or file.py:function; type e.g. --step train.py:make_step")
    return f"{module}:{function}"


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def _batch_size(text: str, source: Source) -> int:
    size = _number(text, int, "batch size", "--batch-sizes 64")
    if size < 1:
        raise BenchError(f"batch size {size} is not positive; type e.g. --batch-sizes 64")
    if size > source.train_images:
        raise BenchError(f"batch size {size} exceeds the {source.train_images} training images; type a smaller one")
    return size


def _device(text: str) -> str:
    if not re.fullmatch(r"cpu|gpu(:\d+)?", text):
        raise unknown("device", text, [choice.name for choice in DEVICES], "--devices")
    return "gpu" if text == "gpu:0" else text


def _threads(text: str) -> int:
    threads = _number(text, int, "number of threads", "--threads 2")
    if threads < 0:
        raise BenchError(f"{threads} threads make no sense; type e.g. --threads 2, or 0 for TensorFlow's choice")
    return threads


def _steps_per_call(text: str) -> int:
    steps = _number(text, int, "number of steps a call", "--steps-per-call 10")
    if steps < 0:
        raise BenchError(f"{steps} steps a call make no sense; type e.g. --steps-per-call 10, or 0 for a whole slice")
    return steps


def _target_ci(text: str) -> float:
    given = text.strip()
    value = _number(given.rstrip("%"), float, "target for intervals", "--target-ci 2%")
    value = value / 100 if given.endswith("%") else value
    if not 0.001 <= value < 1:
        raise BenchError(f"--target-ci {text} is outside 0.1% to 100%; type e.g. --target-ci 2%")
    return value


def seconds(text: str, option: str) -> float:
    """A duration as people type it: '90s', '10m', '1.5h'. Raises BenchError, which names the option."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip())
    if not match or float(match[1]) == 0:
        examples = f"{option} 90s, {option} 10m or {option} 1h"
        raise BenchError(f"{option} '{text}' is not a duration; type e.g. {examples}")
    if not match[2]:
        raise BenchError(f"{option} {text}: the unit is missing; type {option} {text.strip()}s (or 10m, 1h)")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]


def _number(text: str, kind: Callable[[str], Value], what: str, example: str) -> Value:
    try:
        return kind(text)
    except ValueError:
        raise BenchError(f"{what} '{text}' is not a number; type e.g. {example}") from None
