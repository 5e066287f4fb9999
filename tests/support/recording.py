"""A recording for comparing estimators and stopping rules: `python recording.py FOLDER MINUTES [ROUNDS] [MODES]`.

Blocks of many rounds (96) of slices of equal duration, of a baseline, its A/A control and another mode, kept as an
ordinary run in FOLDER; typed again it goes on. FOLDER/recording.npz holds what replays of estimators and stopping rules
read, and each block's load.
"""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from recorded import load, save
from watcher import Watcher

from bench.machine.host_lock import HostLock
from bench.records.choices import Options
from bench.records.run import MOST_BLOCKS, Plan
from bench.records.store import Store
from bench.runner import plan, run
from cifar_core import cifar10
from cifar_core.cifar10 import Source


def recording_plan(source: Source, minutes: float, rounds: int, modes: str) -> Plan:
    """As many blocks as fit in the time, each of as many rounds."""
    made = plan.make(Options(modes=modes, blocks=MOST_BLOCKS), source)
    schedule = replace(made.schedule, rounds=rounds, rounds_by_noise=False, budget_s=60 * minutes)
    return replace(made, schedule=schedule)


def record(folder: Path, planned: Plan, source: Source, command: tuple[str, ...] = run.WORKER) -> None:
    """Measure, and write what is measured as an array."""
    exists = (folder / "plan.json").exists()
    with Store.resume(folder) if exists else Store.create(folder, planned) as store:
        run.execute(store, source, Watcher(), command, turn=HostLock(lambda text: None))
        measured = [outcome.measurement for outcome in store.outcomes() if outcome.measurement]
    baselines = [m for m in measured if m.case == store.plan.cases[0]]
    recording = load(folder)
    loads = [m.environment.load_before or 0.0 for m in baselines[: recording.blocks]]
    save(recording, folder / "recording.npz", np.array(loads))


def main() -> None:
    folder, minutes, *others = sys.argv[1:]
    rounds, modes = [*others, *("96", "eager,function")[len(others) :]]
    source = cifar10.find("auto")
    record(Path(folder), recording_plan(source, float(minutes), int(rounds), modes), source)


if __name__ == "__main__":
    main()
