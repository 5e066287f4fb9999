"""What a device shows before anything is measured on it: facts from processes of their own, a process at a time."""

from collections.abc import Iterator, Sequence

import msgspec

from bench.machine.completed import completed
from bench.machine.launcher import command
from bench.modes import MODES
from bench.modes.mode import Mode
from bench.modes.process_env import child_env
from bench.records.facts import DeviceFact
from bench.runner.neighbours import neighbours

OBSERVER = command("bench.worker.facts")
TIME_LIMIT_S = 180.0  # for one process
# What cannot be placed alone: they read from a cache that must be filled first, or answer without training. Nor can a
# mode that splits its step over replicas, which needs more devices or processes than one.
LEFT_OUT = ("xla_cached", "keras_predict", "keras_predict_on_batch")


def facts(device: str, observer: Sequence[str] = OBSERVER) -> Iterator[DeviceFact]:
    """All facts of a device: its own, where each mode's ops run, and how processes on it disturb each other."""
    for number, modes in enumerate(sharing_env(device)):
        yield from _observed(device, modes, number == 0, observer)
    yield neighbours(device)


def sharing_env(device: str) -> list[list[str]]:
    """TensorFlow's modes by the environment variables of their processes, those that need none first."""
    by_env: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for mode in filter(_is_placed, MODES):
        by_env.setdefault(tuple(sorted(child_env(mode.name, device).items())), []).append(mode.name)
    return list(by_env.values())


def _is_placed(mode: Mode) -> bool:
    return not (mode.peer or mode.replicas or mode.name in LEFT_OUT)


def _observed(device: str, modes: Sequence[str], all_facts: bool, observer: Sequence[str]) -> Iterator[DeviceFact]:
    """What one process found; how it ended, where it did not come to its end."""
    words = (*observer, device, "all" if all_facts else "places", *modes)
    done = completed(words, child_env(modes[0], device), TIME_LIMIT_S)
    yield from msgspec.json.decode(b"[" + b",".join(done.out.splitlines()) + b"]", type=list[DeviceFact])
    if done.code != 0:
        how = f"no answer within {TIME_LIMIT_S:g} s" if done.code is None else f"ended with code {done.code}"
        said = [line.strip() for line in done.errors.decode(errors="replace").splitlines() if line.strip()]
        last = said[-1][:160] if said else "nothing"
        yield DeviceFact(f"process of {modes[0]}", f"{how}; it said last: {last}", False)
