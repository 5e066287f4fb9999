"""The two ends that stay: the scheduler, and a worker on each machine, until a signal ends them."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.runner.fleet import dask_settings as dask
from bench.runner.fleet.address import SchedulerAddress
from bench.runner.fleet.offer import MACHINE, Offer
from bench.runner.fleet.unit import PLUGIN, Host

Say = Callable[[str], None]
GONE_S = 30.0  # how long a worker looks for its scheduler before it ends
ENDING = ("SIGINT", "SIGTERM", "SIGHUP")


def schedule(address: SchedulerAddress, say: Say) -> int:
    """Serve as the scheduler at this address until a signal comes; its number. Raises BenchError where it cannot."""
    scheduler = partial(
        dask.distributed().Scheduler,
        host=f"{address.scheme}://{address.host}", port=address.port, protocol=address.scheme,
        security=dask.security(address), dashboard=False, dashboard_address=dask.NO_PAGES,
    )  # fmt: skip
    ready = f"scheduler at {address.url}; on each machine type: cifar-bench fleet worker ADDRESS"
    return _served(scheduler, ready, f"cannot listen at {address.url}", say)


def work(address: SchedulerAddress, offer: Offer, host: Host, scratch: Path | None, say: Say) -> int:
    """Measure here what the scheduler sends, one unit at a time, until a signal comes (its number) or it is gone (0).

    `scratch`: the folder for what is being measured. Raises BenchError where no scheduler answers.
    """
    distributed = dask.distributed()
    worker = partial(
        distributed.Worker, address.url, nthreads=1, resources=offer.resources, memory_limit=0,
        host="127.0.0.1" if address.tls is None else None, protocol=address.scheme, death_timeout=GONE_S,
        security=dask.security(address), dashboard=False, dashboard_address=dask.NO_PAGES,
        plugins=(_plugin(distributed, host),), local_directory=str(scratch) if scratch else None,
    )  # fmt: skip
    ready = f"{offer.name} offers {MACHINE} to {address.url}: {host.source.title}; TensorFlow {offer.tensorflow}"
    return _served(worker, ready, f"no scheduler answers at {address.url}", say)


def _plugin(distributed: Any, host: Host) -> Any:
    """How a unit finds what its worker knows of the machine."""
    made: Any = type("HostPlugin", (distributed.WorkerPlugin,), {"name": PLUGIN, "host": host})
    return made()


def _served(server: Callable[[], Any], ready: str, failing: str, say: Say) -> int:
    try:
        return asyncio.run(_serve(server, ready, say))
    except (OSError, asyncio.TimeoutError, RuntimeError) as error:
        raise BenchError(f"{failing} ({_first_cause(error)}); is the address right, and the other end there?") from None


async def _serve(make: Callable[[], Any], ready: str, say: Say) -> int:
    """The signal that ended it; 0 where it ended by itself. What it is measuring then ends with this process."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    numbers = list[int]()

    def end(number: int) -> None:
        numbers.append(number)
        ended.set()

    for name in ENDING:
        with contextlib.suppress(AttributeError, NotImplementedError):  # on Windows: Ctrl-C raises as ever
            loop.add_signal_handler(signal.Signals[name], end, int(signal.Signals[name]))
    server = await make()
    say(ready)
    finished = asyncio.ensure_future(server.finished())
    waiting = asyncio.ensure_future(ended.wait())
    await asyncio.wait({finished, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    await _close(server)
    return numbers[0] if numbers else 0


async def _close(server: Any) -> None:
    """Without waiting for what is being measured: its unit is somebody else's from now on."""
    patience = {"executor_wait": False} if hasattr(server, "executors") else {}
    await server.close(**patience)


def _first_cause(error: BaseException) -> str:
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
