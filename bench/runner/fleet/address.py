"""Where a scheduler is, and who may reach it: this machine alone, or whoever holds the TLS key.

Dask runs whatever it is sent, so an address that other machines can reach needs TLS.
"""

import ipaddress
import os
import shlex
import stat
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bench.errors import BenchError

PORT = 8786  # Dask's own
CA, CERT, KEY = "ca.pem", "cert.pem", "key.pem"  # in the folder that --tls names
SCHEMES = ("tcp", "tls")


@dataclass(frozen=True, slots=True)
class SchedulerAddress:
    """Where a scheduler listens. `tls`: the folder with the certificates; None: loopback, without encryption."""

    host: str
    port: int
    tls: Path | None = None

    @property
    def scheme(self) -> str:
        """Dask's word for how it talks."""
        return "tls" if self.tls else "tcp"

    @property
    def url(self) -> str:
        """As Dask takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def typed(self) -> str:
        """As a person types it after --on."""
        return f"{self.url} --tls {shlex.quote(str(self.tls))}" if self.tls else self.url


def understood(text: str, tls: Path | None) -> SchedulerAddress:
    """The address that was typed: HOST, HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT.

    Raises BenchError for what is not an address, for one that others can reach without TLS, and without Dask.
    """
    refuse_without_dask()
    scheme, host, port = _parts(text)
    if tls is None and not (_is_loopback(host) and scheme != "tls"):
        raise BenchError(
            f"{text} can be reached from other machines, and Dask runs what it is sent; type --tls FOLDER with "
            f"{CA}, {CERT} and {KEY} (docs/fleet.md), or 127.0.0.1"
        )
    if tls is not None:
        if scheme == "tcp":
            raise BenchError(
                f"{text} is without TLS; type tls://{text.partition('://')[2]} with --tls, or leave it out"
            )
        _refuse_keys(tls)
    return SchedulerAddress("127.0.0.1" if host == "localhost" else host, port, tls)


def refuse_without_dask() -> None:
    """Raises BenchError where the extra is not installed."""
    if find_spec("distributed") is None:
        raise BenchError("several machines need Dask; type: python -m pip install '.[fleet]'")


def _parts(text: str) -> tuple[str, str, int]:
    """The scheme ('' where none was typed), the host, the port."""
    scheme, _, rest = text.strip().rpartition("://")
    host, port = _split(rest)
    known = not scheme or scheme in SCHEMES
    if not known or not host or not port.isdecimal() or not 0 < int(port) < 2**16 or set(host) & set("/ @"):
        raise BenchError(f"'{text}' is not a scheduler's address; type e.g. 127.0.0.1:{PORT} or tls://node1:{PORT}")
    return scheme, host, int(port)


def _split(text: str) -> tuple[str, str]:
    """Host and port; IPv6 addresses stand in brackets."""
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        return host, port.removeprefix(":") or str(PORT)
    host, colon, port = text.partition(":")
    return host, port if colon else str(PORT)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_keys(folder: Path) -> None:
    """Raises BenchError where a file is missing, or others can read the key: who has it can run code everywhere."""
    for name in (CA, CERT, KEY):
        if not os.access(folder / name, os.R_OK):
            raise BenchError(f"--tls {folder}: {name} is missing or cannot be read; docs/fleet.md says how to make it")
    if stat.S_IMODE((folder / KEY).stat().st_mode) & 0o077:
        raise BenchError(f"others can read {folder / KEY}; type: chmod 600 {folder / KEY}")
