"""`cifar-bench` whose children are fakes, as a program of its own: `faked_command.py FAULTS WORDS...`.

FAULTS are for the fake workers, with blanks between them. `hang` lets every other kind of child start a daemon, write
both process ids to the file `ids`, and say nothing.
"""

import sys
from functools import partial
from pathlib import Path

from left_behind import program

SUPPORT = Path(__file__).parent
HANG = "note(); time.sleep(600)"


def main() -> None:
    faults, *words = sys.argv[1:]
    worker = (sys.executable, str(SUPPORT / "fake_worker.py"), *faults.split())
    trainer = (sys.executable, str(SUPPORT / "fake_train_worker.py"), *faults.split())
    hanging = program("a daemon in a session of its own", Path("ids"), HANG)
    pretend(worker, hanging if faults == "hang" else trainer, hanging)
    from bench.__main__ import main as bench

    sys.argv = ["cifar-bench", *words]
    bench()


def pretend(worker: tuple[str, ...], trainer: tuple[str, ...], hanging: tuple[str, ...]) -> None:
    from bench.autograph.explain import explain
    from bench.autograph.probe import probe
    from bench.autograph.rules import demo
    from bench.machine import availability
    from bench.runner import accuracy, breakeven, run, selftest, train

    real = run.execute
    # The self-test names its workers' command itself, after the store, the images and the progress.
    run.execute = lambda *given, **options: real(*given[:3], **{**options, "command": worker})
    for room, command in ((breakeven, worker), (selftest, worker), (accuracy, trainer)):
        room.execute = partial(room.execute, command=command)  # type: ignore[attr-defined]
    train.TrainingProcess = partial(train.TrainingProcess, command=trainer)  # type: ignore[assignment,misc]
    explain.CHILD = probe.CHILD = hanging
    availability.probe = partial(availability.probe, hanging)
    demo.command = lambda module: hanging  # type: ignore[assignment]


if __name__ == "__main__":
    main()
