"""One value of an option, as people type it -> what it means, or BenchError with what to type."""

import re
from collections.abc import Callable
from typing import TypeVar

from bench.errors import BenchError, unknown
from bench.records.choices import DEVICES, Choice
from cifar_core.cifar10 import Source
from cifar_core.models import MODELS

Value = TypeVar("Value")


def axis(text: str, option: str, read: Callable[[str], Value]) -> list[Value]:
    """The values of a comma-separated option, each once however it was spelled."""
    return list(dict.fromkeys(read(part) for part in split(text, option)))


def split(text: str, option: str) -> list[str]:
    """What stands between the commas, without blanks. Raises BenchError for blanks instead of commas, or nothing."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any(len(part.split()) > 1 for part in parts):
        raise BenchError(f'{option} "{text}": use commas; type {option} {",".join(text.replace(",", " ").split())}')
    if not parts:
        raise BenchError(f"{option} is empty; give one or more values with commas between them")
    return parts


def known(kind: str, name: str, names: list[str], option: str) -> str:
    """The name, if it is one of `names`. Raises BenchError with them, or with the one that is nearest."""
    if name not in names:
        raise unknown(kind, name, names, option)
    return name


def choice(kind: str, choices: tuple[Choice, ...], option: str, name: str) -> str:
    return known(kind, name, [each.name for each in choices], option)


def model(text: str) -> str:
    """A model of ours, or a person's own by its spelling alone: their code is run by workers only."""
    if ".py:" in text:
        return step(text)
    if ":" not in text:
        return known("model", text, [*(row.name for row in MODELS), "your own as package.module:factory"], "--models")
    module, _, factory = text.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), factory)):
        raise BenchError(f"'{text}' is not package.module:factory; type e.g. --model my_models:make_net")
    return text


def step(text: str) -> str:
    """A person's own step by its spelling alone."""
    name, _, function = text.rpartition(":")
    module = name.rstrip(":")
    if not function.isidentifier() or not (module.endswith(".py") or _is_dotted(module)):
        raise BenchError(f"'{text}' is not module:function or file.py:function; type e.g. --step train.py:make_step")
    return f"{module}:{function}"


def _is_dotted(text: str) -> bool:
    return all(part.isidentifier() for part in text.split("."))


def batch_size(text: str, source: Source) -> int:
    """Images in a batch, of which the source must have enough."""
    size = _number(text, int, "batch size", "--batch-sizes 64")
    if size < 1:
        raise BenchError(f"batch size {size} is not positive; type e.g. --batch-sizes 64")
    if size > source.train_images:
        raise BenchError(f"batch size {size} exceeds the {source.train_images} training images; type a smaller one")
    return size


def device(text: str) -> str:
    """cpu, gpu or gpu:N; the first GPU is gpu."""
    if not re.fullmatch(r"cpu|gpu(:\d+)?", text):
        raise unknown("device", text, [each.name for each in DEVICES], "--devices")
    return "gpu" if text == "gpu:0" else text


def threads(text: str) -> int:
    """A number of CPU threads, 0 for TensorFlow's choice."""
    count = _number(text, int, "number of threads", "--threads 2")
    if count < 0:
        raise BenchError(f"{count} threads make no sense; type e.g. --threads 2, or 0 for TensorFlow's choice")
    return count


def steps_per_call(text: str) -> int:
    """Steps in a call of a mode that loops, 0 for a whole slice."""
    steps = _number(text, int, "number of steps a call", "--steps-per-call 10")
    if steps < 0:
        raise BenchError(f"{steps} steps a call make no sense; type e.g. --steps-per-call 10, or 0 for a whole slice")
    return steps


def target_ci(text: str) -> float:
    """The half width wanted of intervals, as a share: '2%' or '0.02'."""
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
