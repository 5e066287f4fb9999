"""Other spellings of options and of their values, which are understood; a line on stderr says what was read."""

import re
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bench.commands.streams import say
from bench.errors import BenchError
from bench.records.choices import DEVICES, DTYPES, INPUTS, PRESETS, Options
from cifar_core.workload import STEP

Value = TypeVar("Value")
OLD_NAMES = {"precisions": "dtypes", "precision": "target_ci"}  # until 2.0
DEVICE_WORDS = {"cuda": "gpu", "nvidia": "gpu"}
DTYPE_WORDS = {
    **dict.fromkeys(("fp32", "f32", "float", "single"), "float32"),
    **dict.fromkeys(("fp16", "f16", "float16", "half"), "mixed_float16"),
    **dict.fromkeys(("bf16", "bfloat16"), "mixed_bfloat16"),
    **dict.fromkeys(("tensorfloat32", "tensor_float_32"), "tf32"),
}
MODE_WORDS = {"tf1": "graph", "session": "graph", "autograph": "function", "jit": "xla", "jit_compile": "xla"}


def understood(options: Options) -> Options:
    """The options with each value as `list` spells it, where it is nearly so."""
    return replace(
        options,
        modes=modes(options.modes),
        models=options.models if options.task == STEP else models(options.models),
        devices=_read("--devices", options.devices, [choice.name for choice in DEVICES], DEVICE_WORDS),
        dtypes=_read("--dtypes", options.dtypes, [choice.name for choice in DTYPES], DTYPE_WORDS),
        inputs=_read("--inputs", options.inputs, [choice.name for choice in INPUTS], {}),
        preset=_read("--preset", options.preset, [preset.name for preset in PRESETS], {}),
    )


def modes(text: str, option: str = "--modes") -> str:
    """Modes and groups of them, by whatever they are called in reports."""
    from bench.modes import MODES
    from bench.modes.groups import GROUPS

    titles = {_plain(mode.title): mode.name for mode in MODES}
    names = [*(mode.name for mode in MODES), *(group.name for group in GROUPS)]
    return _read(option, text, names, {**MODE_WORDS, **titles})


def models(text: str, option: str = "--models") -> str:
    """Models of ours; a person's own stay as they are, but for the .py of a file."""
    from cifar_core.models import MODELS

    read = _read(option, text, [model.name for model in MODELS], {})
    return ",".join(_own_model(part, option) for part in read.split(","))


def step(text: str) -> str:
    """A step of a person's own, its file by the whole path: another process need not be in this folder."""
    name, colon, function = text.strip().rpartition(":")
    file = name.rstrip(":")
    return f"{Path(file).resolve()}:{function}" if colon and file.endswith(".py") else text.strip()


def renamed(old: str, given: Value | None, new_given: Value | None) -> Value | None:
    """The value of an option that has a new name, typed under either. Raises BenchError where both were typed."""
    if given is None:
        return new_given
    old_option, new_option = _option(old), _option(OLD_NAMES[old])
    if new_given is not None:
        raise BenchError(f"{old_option} is the old name of {new_option}; type {new_option} alone")
    _note(f"{old_option} is now {new_option}; the old name works until 2.0")
    return given


def _read(option: str, text: str, names: list[str], words: dict[str, str]) -> str:
    return ",".join(map(partial(_read_one, option, names=names, words=words), text.split(",")))


def _read_one(option: str, given: str, names: list[str], words: dict[str, str]) -> str:
    """What it stands for; as it was given where that is not known: the plan says what is wrong with it."""
    head, colon, number = given.strip().partition(":")
    plain = _plain(head)
    read = plain if plain in names else words.get(plain)
    if given.strip() in names or read is None or (colon and not number.isdigit()) or f"{read}{colon}{number}" == given:
        return given
    _note(f"{option} {given.strip()} is read as {read}{colon}{number}")
    return f"{read}{colon}{number}"


def _own_model(given: str, option: str) -> str:
    """`m2.py:make` names the module m2."""
    file, colon, factory = given.strip().partition(":")
    if not colon or not file.endswith(".py"):
        return given
    read = f"{file.removeprefix('./').removesuffix('.py').replace('/', '.')}:{factory.lstrip(':')}"
    _note(f"{option} {given.strip()} is read as {read}")
    return read


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.strip().casefold()).strip("_")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _note(text: str) -> None:
    say(f"note: {text}", sys.stderr)
