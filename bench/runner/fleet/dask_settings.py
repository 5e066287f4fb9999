"""Dask as a fleet uses it: silent, and idle while somebody times beside it.

A worker that waits for its unit takes 2.0 % of a core as Dask comes, 0.3 % with these settings (40 s on two busy
cores, Dask 2026.8): no profiler, no monitors many times a second, no pages.
"""

import logging
from typing import Any

from bench.runner.fleet.address import CA, CERT, KEY, SchedulerAddress

CONNECT_S = 10.0  # for a scheduler to answer
TRIES = 3  # machines that may die over a unit before it is given up
SETTINGS = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.tick.limit": "60s",
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.system-monitor.disk": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.scheduler.http.routes": [],  # Dask's pages would be without TLS
    "distributed.worker.http.routes": [],
    "distributed.scheduler.work-stealing": False,  # a unit waits for a machine, not on one
    "distributed.scheduler.allowed-failures": TRIES,
    "distributed.comm.timeouts.connect": f"{CONNECT_S:g}s",
    "distributed.comm.retry.count": 0,
}
LOGGERS = ("distributed", "distributed.client")  # the rest inherits; what matters is said in our words
NO_PAGES = "127.0.0.1:0"  # Dask opens a port for them anyway


def distributed() -> Any:
    """The package, with these settings, whatever the person's own for Dask are. Imported only now."""
    import dask

    dask.config.set(SETTINGS)
    import distributed as package

    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return package


def security(address: SchedulerAddress) -> Any:
    """What Dask needs to encrypt, and to let in only who has the key."""
    package = distributed()
    if address.tls is None:
        return package.security.Security(require_encryption=False)
    ca, cert, key = (str(address.tls / name) for name in (CA, CERT, KEY))
    ends = {f"tls_{who}_{what}": file for who in ENDS for what, file in (("cert", cert), ("key", key))}
    return package.security.Security(require_encryption=True, tls_ca_file=ca, **ends)


ENDS = ("client", "scheduler", "worker")
