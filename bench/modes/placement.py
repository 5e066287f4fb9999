"""Ops and where they ran -> Placement, and which ran on the wrong device. placing.py asks TensorFlow for the ops."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bench.records.devices import Placed, Placement

# Ops that hand values on and compute nothing, wherever they stand; all that handles integers only is no computing op.
PLUMBING = frozenset(
    (
        *("_Arg", "_Retval", "_DeviceArg", "_DeviceRetval", "_Send", "_Recv", "_HostSend", "_HostRecv"),
        *("Placeholder", "Const", "_EagerConst", "Identity", "IdentityN", "NoOp", "IteratorGetNext"),
        *("Enter", "Exit", "Merge", "Switch", "NextIteration", "LoopCond"),
    )
)


@dataclass(frozen=True, slots=True)
class Op:
    """An op that ran: its kind ('Conv2D'), its device ('GPU:0'), whether floating-point numbers are in it."""

    kind: str
    device: str
    floating: bool


def summed_up(ops: Iterable[Op], transfers: Iterable[str] = ()) -> Placement:
    """The computing ops by device, the one with the most first, and each transfer once with its number."""
    kinds: dict[str, Counter[str]] = {}
    for op in ops:
        if op.floating and op.kind not in PLUMBING:
            kinds.setdefault(op.device, Counter())[op.kind] += 1
    placed = [Placed(device, counted.total(), _counted(counted)) for device, counted in kinds.items()]
    return Placement(tuple(sorted(placed, key=lambda each: -each.ops)), _counted(Counter(transfers)))


def at_home(placement: Placement, *homes: str) -> Placement:
    """Without the names of ops on a right device: only the others need names."""
    return replace(
        placement,
        placed=tuple(replace(each, kinds=()) if each.device in homes else each for each in placement.placed),
    )


def strangers(placement: Placement, *homes: str) -> list[str]:
    """Why a step did not run whole on `homes` ('GPU:0'), and on each of them; empty where it did."""
    reasons = [
        f"{each.ops} of its ops ran on {each.device or 'no device'}: {', '.join(each.kinds)}"
        for each in placement.placed
        if each.device not in homes
    ]
    used = {each.device for each in placement.placed if each.ops}
    idle = [home for home in homes if home not in used]
    return [*reasons, *(f"none of its ops is known to have run on {home}" for home in idle)]


def home(device: str) -> str:
    """Where a case's ops belong: a process sees one GPU at most, its own, which is its first."""
    return f"{device.partition(':')[0].upper()}:0"


def homes(device: str, devices: int) -> list[str]:
    """The same of a case whose step is split over so many devices of its process; 0 or 1: its first."""
    kind = device.partition(":")[0].upper()
    return [f"{kind}:{number}" for number in range(max(1, devices))]


def short(device: str) -> str:
    """'/job:localhost/replica:0/task:0/device:CPU:0' -> 'CPU:0'."""
    return device.rpartition("device:")[2]


def _counted(numbers: Counter[str]) -> tuple[str, ...]:
    return tuple(f"{number} x {what}" if number > 1 else what for what, number in sorted(numbers.items()))
