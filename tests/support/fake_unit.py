"""What a fleet's worker runs in tests in place of `cifar-bench run|accuracy --resume`: the same, with fake workers.

While FLEET_MARKS holds a file `hold` it waits; its own file there, named after what it measures, holds its process id.
"""

import os
import sys
import time
from pathlib import Path

from places import SUPPORT

from bench.errors import BenchError
from bench.records.folders import open_accuracy
from bench.records.store import Store
from bench.runner import accuracy, run
from bench.runner.train import source_of
from cifar_core.cifar10 import SYNTHETIC


class Silent:
    """A unit's progress, which nobody sees."""

    def start(self, blocks: int) -> None: ...

    def notice(self, text: str, share: float) -> None: ...

    def block_done(self) -> None: ...


def main() -> None:
    kind, _, folder, _, data, _ = sys.argv[1:]
    if kind == "run":
        wait("run")
        with Store.resume(Path(folder)) as store:
            run.execute(store, SYNTHETIC, Silent(), (sys.executable, str(SUPPORT / "fake_worker.py")))
        return
    plan = open_accuracy(Path(folder))
    wait(f"seed-{plan.seeds[0]}")
    source = source_of(plan.training, data)
    accuracy.execute(Path(folder), source, Silent(), (sys.executable, str(SUPPORT / "fake_train_worker.py")))


def wait(name: str) -> None:
    marks = Path(os.environ["FLEET_MARKS"])
    (marks / f"{name}-{os.getpid()}").touch()
    while (marks / "hold").exists():
        time.sleep(0.02)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
