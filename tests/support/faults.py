"""Seeded faults of a soak: a signal, a moment and a target among the processes of a command."""

import contextlib
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psutil

SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGSTOP")  # the last one with SIGCONT after a while
TARGETS = ("command", "worker", "fork server", "keeper", "any child")
PAUSES_S = (0.02, 0.1, 0.3, 0.6, 3.0)
LOOK_S = 0.002


@dataclass(frozen=True, slots=True)
class Fault:
    """`share` is the moment, as a share of what the command takes; `choice` says which process of several."""

    signal: str
    target: str
    share: float
    choice: float
    pause_s: float


def faults(seed: int, count: int) -> Iterator[Fault]:
    """So many faults; the same ones for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield Fault(rng.choice(SIGNALS), rng.choice(TARGETS), rng.random(), rng.random(), rng.choice(PAUSES_S))


def strike(fault: Fault, command: psutil.Popen, after_s: float) -> list[psutil.Process] | None:
    """Send the signal once so much time has passed and there is such a process.

    Returns the command's processes at that moment; None where it ended before.
    """
    time.sleep(after_s)
    while command.poll() is None:
        everyone = family(command)
        targets = [process for process in everyone if fault.target in roles(process, command)]
        if targets and _sent(fault, targets[int(fault.choice * len(targets))]):
            return everyone
        time.sleep(LOOK_S)
    return None


def family(command: psutil.Popen) -> list[psutil.Process]:
    """The command's process and all that come from it."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return [psutil.Process(command.pid), *command.children(recursive=True)]
    return []


def roles(process: psutil.Process, command: psutil.Popen) -> Sequence[str]:
    """Which targets this process is."""
    if process.pid == command.pid:
        return ("command",)
    try:
        words, above = process.cmdline(), process.parent()
        forked = above is not None and _part(above.cmdline()) == "forkserver"
    except psutil.Error:
        return ()
    part = _part(words)
    if part == "keeper":
        return ("keeper", "any child")
    worker = forked or part in ("serve", "worker")
    return ("worker" if worker else "fork server" if part == "forkserver" else "", "any child")


def _part(words: Sequence[str]) -> str:
    """What a process does, by its command line: a keeper's own comes before that of what it keeps."""
    if any(word.endswith("keeper.py") for word in words):
        return "keeper"
    named = ("forkserver", "serve", "worker")
    text = " ".join(words[1:4])
    return next((name for name in named if f"{name}'" in text or f" {name}" in text), "")


def _sent(fault: Fault, process: psutil.Process) -> bool:
    try:
        process.send_signal(signal.Signals[fault.signal])
    except psutil.NoSuchProcess:
        return False
    if fault.signal == "SIGSTOP":
        time.sleep(fault.pause_s)
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGCONT)
    return True


def left_behind(processes: Sequence[psutil.Process], patience_s: float = 10.0) -> list[str]:
    """Those still there after a while, by what they are; they are ended."""
    _, alive = psutil.wait_procs(processes, patience_s)
    found = []
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {process.status()} {_part(process.cmdline()) or process.name()}")
                process.kill()
    return found
