"""What a machine offers, as resources by which Dask's scheduler chooses the machine for a unit of work.

A unit names what it needs: the same code, the same images. A machine that lacks any of it is never sent the unit.
"""

import hashlib
import re
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.errors import BenchError
from bench.machine.environment import read
from bench.records.fleet import MACHINE_NAME
from cifar_core.cifar10 import SYNTHETIC, Source

MACHINE = "machine"  # one of it a machine: one unit at a time
_BOOT = Path("/proc/sys/kernel/random/boot_id")  # of the kernel, so alike in all containers of a host
_ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, slots=True)
class Offer:
    """A machine of a fleet: its name, host, version of this program, TensorFlow, and images by their digest."""

    name: str
    host: str
    code: str
    tensorflow: str
    images: str

    @property
    def resources(self) -> dict[str, float]:
        """As the machine tells the scheduler; synthetic CIFAR-10 needs no files, so each machine has it."""
        said = [f"{field.name}={getattr(self, field.name)}" for field in fields(self)]
        return dict.fromkeys((MACHINE, *said, f"images={SYNTHETIC.name}"), 1.0)

    def lacks(self, needed: Iterable[str]) -> str:
        """What it has in place of the first thing that is needed, in words; '' where it has everything."""
        for need in needed:
            if need not in self.resources:
                what, _, wanted = need.partition("=")
                return f"{self.name} has {WORDS[what]} {getattr(self, what)}, not {wanted}"
        return ""


WORDS = {
    "name": "the name",
    "host": "the host",
    "code": "cifar-bench",
    "tensorflow": "TensorFlow",
    "images": "the images",
}


def of_this_machine(name: str, source: Source) -> Offer:
    """What this machine offers under a name. Raises BenchError for one that could not name a folder."""
    if not re.fullmatch(MACHINE_NAME, name):
        raise BenchError(f"'{name}' cannot be a machine's name; type --name with letters, digits, '-', '_' and '.'")
    return Offer(name, _host(), code(), read().tensorflow, source.name)


def offered(resources: Mapping[str, float]) -> Offer | None:
    """The offer behind a machine's resources; None for a worker that was not started by `fleet worker`."""
    said = dict[str, str]()
    for text in resources:
        what, equals, value = text.partition("=")
        if equals and (what != "images" or said.get(what) in (None, SYNTHETIC.name)):
            said[what] = value
    try:
        return Offer(**{field.name: said[field.name] for field in fields(Offer)})
    except KeyError:
        return None


def code() -> str:
    """The program: its version, and a digest of its sources, which may have changed since that version."""
    try:
        number = version("cifar-bench")
    except PackageNotFoundError:
        number = "of unknown version"
    digest = hashlib.sha256()
    for file in sorted(file for room in ("bench", "cifar_core") for file in (_ROOT / room).rglob("*.py")):
        digest.update(f"{file.relative_to(_ROOT)}\0".encode() + file.read_bytes())
    return f"{number} (sources {digest.hexdigest()[:8]})"


def host_name() -> str:
    """What this machine calls itself, without its domain."""
    return socket.gethostname().partition(".")[0]


def _host() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return socket.gethostname()
