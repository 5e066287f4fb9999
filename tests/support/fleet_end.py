"""`cifar-bench fleet ...` as a process of its own, whose units are fake_unit.py; and a whole fleet of such."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from places import SUPPORT
from waiting import LATE_S, eventually

from bench.runner.fleet.address import SchedulerAddress, understood


class FleetEnd:
    """A scheduler or a worker that was started; `said` is what it has said so far."""

    def __init__(self, folder: Path, name: str, *words: str) -> None:
        self._log = folder / f"{name}.log"
        with self._log.open("wb") as stream:
            env = {**os.environ, "FLEET_MARKS": str(folder)}
            self.process = subprocess.Popen(
                [sys.executable, str(Path(__file__)), *words], stderr=stream, stdout=stream, env=env
            )

    @property
    def said(self) -> str:
        return self._log.read_text()

    def ready(self, text: str) -> "FleetEnd":
        eventually(lambda: text in self.said or self.process.poll() is not None)
        assert text in self.said, self.said
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> int:
        """By SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LATE_S)


class LocalFleet:
    """A scheduler on loopback; `worker` starts a machine of that name."""

    def __init__(self, folder: Path, tls: Path | None = None) -> None:
        self.folder, self._ends = folder, list[FleetEnd]()
        self._tls = ("--tls", str(tls)) if tls else ()
        self.address = a_free_address(tls)
        words = ("fleet", "scheduler", self.address.url, *self._tls)
        self.scheduler = FleetEnd(folder, "scheduler", *words)
        self._ends.append(self.scheduler)

    def worker(self, name: str) -> FleetEnd:
        words = ("fleet", "worker", self.address.url, "--name", name, "--data", "synthetic", *self._tls)
        worker = FleetEnd(self.folder, f"worker-{name}-{len(self._ends)}", *words)
        self._ends.append(worker)
        return worker

    def marks(self, name: str) -> list[int]:
        """The process ids of what has measured that."""
        return [int(file.name.rpartition("-")[2]) for file in self.folder.glob(f"{name}-*[0-9]")]

    def hold(self) -> None:
        """From now on units wait."""
        (self.folder / "hold").touch()

    def go_on(self) -> None:
        (self.folder / "hold").unlink()

    def end(self) -> None:
        for end in self._ends:
            with contextlib.suppress(ProcessLookupError):
                end.kill()


@contextlib.contextmanager
def local_fleet(folder: Path, *names: str, tls: Path | None = None) -> Iterator[LocalFleet]:
    """With machines of these names."""
    folder.mkdir(exist_ok=True)
    fleet = LocalFleet(folder, tls)
    try:
        workers = {name: fleet.worker(name) for name in names}
        fleet.scheduler.ready("scheduler at")
        for name, worker in workers.items():
            worker.ready(f"{name} offers")
        yield fleet
    finally:
        fleet.end()


def a_free_address(tls: Path | None) -> SchedulerAddress:
    import socket

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return understood(f"127.0.0.1:{bound.getsockname()[1]}", tls)


if __name__ == "__main__":
    sys.path.insert(0, str(SUPPORT))
    from bench.runner.fleet import unit

    unit.command = lambda module: (sys.executable, str(SUPPORT / "fake_unit.py"))  # type: ignore[assignment]
    from bench.__main__ import main

    main()
