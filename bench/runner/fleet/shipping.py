"""Units to machines and back: each is measured somewhere, once; what a machine cannot finish another one does."""

import asyncio
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from bench.errors import BenchError, NotMeasured
from bench.runner.fleet import dask_settings as dask
from bench.runner.fleet.address import SchedulerAddress
from bench.runner.fleet.offer import MACHINE, Offer, offered
from bench.runner.fleet.unit import Unit, UnitResult, measure
from bench.runner.run import Progress

PATIENCE_S = 60.0  # with a fleet that has no machine for a unit: one may be on its way, or starting again
JOIN_S = 600.0  # with machines that a scheduler of jobs is starting
UNDER_WAY = ("pending", "lost")  # Dask's words; what was lost with its machine is measured again
LOOK_S = 2.0  # how often the scheduler is asked who is there
Keep = Callable[[Unit, UnitResult], None]


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """A unit that no machine measured, and why."""

    unit: Unit
    why: str


class Fleet:
    """The machines behind a scheduler, inside a with-block; leaving it ends what is still being measured for us."""

    def __init__(self, address: SchedulerAddress) -> None:
        self.address = address
        self._client: Any = None

    def __enter__(self) -> "Fleet":
        """Raises BenchError where no scheduler answers."""
        distributed = dask.distributed()
        secured = dask.security(self.address)
        try:
            self._client = distributed.Client(
                self.address.url, security=secured, timeout=dask.CONNECT_S, set_as_default=False
            )
        except (OSError, asyncio.TimeoutError, RuntimeError) as error:
            at, why = self.address.url, type(error).__name__
            raise BenchError(f"no scheduler answers at {at} ({why}); `cifar-bench fleet scheduler` is one") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close(timeout=dask.CONNECT_S)

    def offers(self) -> list[Offer]:
        """The machines that are there now, each worker's. Raises NotMeasured where the scheduler is gone."""
        client = self._client  # its own scheduler_info() hides that nobody answers
        if client.status != "running" or client.scheduler is None:
            raise self._gone()
        try:
            identity = client.sync(client.scheduler.identity, n_workers=-1, callback_timeout=dask.CONNECT_S)
        except (OSError, asyncio.TimeoutError, RuntimeError):
            raise self._gone() from None
        return [offer for worker in identity["workers"].values() if (offer := offered(worker["resources"]))]

    def machines(self, needs: Sequence[str], say: Callable[[str], None], patience_s: float = PATIENCE_S) -> list[Offer]:
        """The machines that have what is needed, by name, each once; `say` hears of those that do not.

        Waits for the first machine. Raises BenchError where none comes, or none of them has it.
        """
        there = self.wait_for(1, say, patience_s)
        _refuse_namesakes(there)
        lacking = {offer.name: text for offer in there if (text := offer.lacks(needs))}
        fit = {offer.name: offer for offer in there if not offer.lacks(needs)}
        if not fit:
            raise BenchError(
                f"no machine at {self.address.url} can measure this: {'; '.join(lacking.values())}; start the worker "
                "there again with the same version and images"
            )
        for text in lacking.values():
            say(f"left out: {text}")
        for text in _on_one_host(list(fit.values())):
            say(text)
        return [fit[name] for name in sorted(fit)]

    def measure(
        self, units: Sequence[Unit], keep: Keep, progress: Progress, patience_s: float = PATIENCE_S
    ) -> list[Unmeasured]:
        """Have each unit measured; `keep` is given each result as it comes. What was not measured, with the reason.

        Raises NotMeasured where the scheduler is gone, and whatever `keep` raises: what was kept stays kept.
        """
        left = {self._submit(unit): unit for unit in units}
        failed, stranded = list[Unmeasured](), dict[Unit, float]()
        progress.start(len(units))
        while left:
            there = self.offers()
            progress.notice(f"{len(left)} left; {_named(there)}", 0.0)
            for future, result in self._come_back(left):
                unit = left.pop(future)
                if isinstance(result, UnitResult) and not result.refused:
                    keep(unit, result)
                else:
                    failed.append(Unmeasured(unit, result if isinstance(result, str) else _refusal(result)))
                progress.block_done()
            for future in _given_up(left, stranded, there, patience_s):
                unit = left.pop(future)
                failed.append(Unmeasured(unit, _nobody(unit, there, patience_s)))
                future.cancel()
                progress.block_done()
        return failed

    def _submit(self, unit: Unit) -> Any:
        resources = dict.fromkeys((MACHINE, *unit.needs), 1)
        key = f"{unit.title.replace(' ', '-')}-{uuid.uuid4().hex}"
        return self._client.submit(measure, unit, key=key, resources=resources, pure=False)

    def _come_back(self, left: Iterable[Any]) -> list[tuple[Any, UnitResult | str]]:
        """The futures that are done, with their results. A moment later where none is."""
        results = [(future, self._result(future)) for future in left if future.status not in UNDER_WAY]
        came = [(future, result) for future, result in results if result is not None]
        if not came:
            time.sleep(LOOK_S)
        return came

    def _result(self, future: Any) -> UnitResult | str | None:
        """What came back; a text where the machine could not say; None where it died before it handed the result over.

        Dask has such a unit measured again.
        """
        if future.status == "finished":
            try:
                result: UnitResult = future.result(timeout=dask.CONNECT_S)
            except asyncio.TimeoutError:
                return None
            future.release()
            return result
        if future.status != "error":
            raise self._gone()
        error = future.exception()
        if type(error).__name__ == "KilledWorker":
            return f"its machine went away, {dask.TRIES + 1} times over"
        return f"{type(error).__name__}: {error}".splitlines()[0]

    def wait_for(self, count: int, say: Callable[[str], None], patience_s: float = JOIN_S) -> list[Offer]:
        """The machines that are there, once there are so many. Raises BenchError where too few have joined by then."""
        started, before = time.monotonic(), -1
        while True:
            there = self.offers()
            joined = len({offer.name for offer in there})
            if joined >= count:
                return there
            if time.monotonic() - started > patience_s:
                command = f"cifar-bench fleet worker {self.address.typed}"
                raise BenchError(f"{joined} machines have joined {self.address.url}; type on each: {command}")
            if joined != before:
                say(f"waiting for machines to join {self.address.url}: {joined} of {count} are there")
                before = joined
            time.sleep(LOOK_S)

    def _gone(self) -> NotMeasured:
        return NotMeasured(f"the scheduler at {self.address.url} is gone; what had come back by then is kept")


def _given_up(
    left: Mapping[Any, Unit], stranded: dict[Unit, float], there: Sequence[Offer], patience_s: float
) -> list[Any]:
    """The units that no machine has been able to measure for so long. `stranded`: since when, and kept so."""
    now = time.monotonic()
    for unit in left.values():
        if any(not offer.lacks(unit.needs) for offer in there):
            stranded.pop(unit, None)
        else:
            stranded.setdefault(unit, now)
    return [future for future, unit in left.items() if now - stranded.get(unit, now) > patience_s]


def _nobody(unit: Unit, there: Sequence[Offer], patience_s: float) -> str:
    lacking = "; ".join(dict.fromkeys(offer.lacks(unit.needs) for offer in there))
    return f"no machine that can measure it was there for {patience_s:g} s{f' ({lacking})' if lacking else ''}"


def _named(there: Sequence[Offer]) -> str:
    return f"machines: {', '.join(sorted({offer.name for offer in there})) or 'none, all have gone'}"


def _refusal(result: UnitResult) -> str:
    return f"{result.machine}: {result.refused}"


def _refuse_namesakes(offers: Sequence[Offer]) -> None:
    """Raises BenchError for two hosts of one name: their runs would be taken for one machine's."""
    hosts = dict[str, str]()
    for offer in offers:
        if hosts.setdefault(offer.name, offer.host) != offer.host:
            raise BenchError(f"two hosts are both named {offer.name}; start one with fleet worker --name ANOTHER")


def _on_one_host(offers: Sequence[Offer]) -> list[str]:
    """A warning for machines that are one: only the lock of their host keeps them from disturbing each other."""
    by_host = dict[str, list[str]]()
    for offer in offers:
        by_host.setdefault(offer.host, []).append(offer.name)
    return [
        f"warning: {' and '.join(sorted(names))} are one host, which times one of them at once; containers need "
        "a common folder of temporary files for that"
        for names in by_host.values()
        if len(names) > 1
    ]
