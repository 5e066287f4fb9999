"""The child process: the device and modes in its arguments, one DeviceFact a line on stdout as it is found."""

import sys
from collections.abc import Callable, Iterator, Sequence

import msgspec
import tensorflow as tf

from bench.machine.child_end import connect
from bench.records.facts import DeviceFact
from bench.worker.facts import allocation, arithmetic, card, pace, places
from bench.worker.facts.subject import Subject
from bench.worker.setup import gpu_of, set_device, set_products

FACTS: tuple[Callable[[Subject], DeviceFact], ...] = (
    card.readings,
    arithmetic.float32,
    arithmetic.tf32,
    allocation.growth,
    allocation.allocator,
    pace.first_steps,
    pace.wait,
    pace.hosts_clock,
    arithmetic.determinism,
    card.under_load,
)


def observe(subject: Subject, modes: Sequence[str], all_facts: bool) -> Iterator[DeviceFact]:
    """The device's facts if they are asked for, then each mode's placement."""
    for fact in FACTS if all_facts else ():
        yield _guarded(fact, subject)
    for mode in modes:
        yield places.placement(subject, mode)


def _guarded(fact: Callable[[Subject], DeviceFact], subject: Subject) -> DeviceFact:
    """One that fails is a fact too, and the others are observed all the same."""
    try:
        return fact(subject)
    except Exception as error:
        message = (str(error).strip() or type(error).__name__).splitlines()[0]
        return DeviceFact(fact.__name__.replace("_", " "), message, False)


def subject_of(device: str) -> Subject:
    """The device, set up as a case in float32 sets it up. Raises NotAvailable."""
    set_device(tf, device)
    set_products(tf, device, "float32")
    return Subject(device, gpu_of(device))


if __name__ == "__main__":
    _, out = connect()
    device, asked, *names = sys.argv[1:]
    for fact in observe(subject_of(device), names, asked == "all"):
        out.write(msgspec.json.encode(fact) + b"\n")
        out.flush()
