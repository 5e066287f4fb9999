"""Each kind of record in a sound folder, and how it is damaged, read and reported."""

import gzip
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec
from builders import a_case, a_costs, a_group, a_measurement, a_plan, a_training, an_accuracy_plan, outcomes
from damage import as_text, damaged_value
from made_up_selftests import RECORD
from places import SUPPORT
from trainings import kept_trainings
from two_devices import BOTH, cases, measured

from bench.analysis import compare
from bench.analysis.comparable import NamedRun
from bench.analysis.indexed import indexed_cases, indexed_run
from bench.records import packing
from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.records.checksum import unsealed
from bench.records.files import write
from bench.records.folders import (
    create_training,
    open_accuracy,
    open_selftest,
    open_training,
    read_break_evens,
    read_probes,
    read_trainings,
)
from bench.records.probes import ModelProbe, Probes
from bench.records.run import FORMAT, Failure, Outcome
from bench.records.store import Store
from bench.report import accuracy, comparison, selftest, training
from bench.report import run as report

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.02, "xla": 0.06}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: how a sound folder comes to be, its file, what is read of it, what is told of it."""

    name: str
    make: Callable[[Path], object]
    file: str
    read: Callable[[Path], object]
    tell: Callable[[Path], object]


def a_run(folder: Path) -> None:
    group = a_group(("eager", "function", "xla"))
    plan = a_plan((*group, *(replace(case, workload=replace(case.workload, batch_size=8)) for case in group)))
    with Store.create(folder, plan) as store:
        for outcome in outcomes(plan, STEPS, 3):
            if outcome.measurement and outcome.case.workload.batch_size == 64:
                costs = a_costs(outcome.case.mode)
                outcome = Outcome(measurement=replace(outcome.measurement, costs=costs))
            store.keep(outcome)
        store.keep(Outcome(failure=Failure(plan.cases[-1], 3, "slice", "it died", "Traceback", (0.1,))))


def a_run_on_two_devices(folder: Path) -> None:
    plan = a_plan(cases(*BOTH))
    with Store.create(folder, plan) as store:
        for outcome in measured(plan, {64: 2.0}, blocks=2):
            store.keep(outcome)


def with_trials(folder: Path) -> None:
    a_run(folder)
    plan = Store.open(folder).plan
    tried = [TriedBreakEven(plan.cases[2], 40.0, steps, repeat, 2.0, 1.5) for steps in (21, 81) for repeat in (0, 1)]
    write(folder / "trials.json", TriedBreakEvens(FORMAT, tuple(tried), (Failure(plan.cases[3], 0, "total", "no"),)))


def with_probes(folder: Path) -> None:
    a_run(folder)
    probe = ModelProbe("mine:make", ("eager", "graph"), ("mine:make is the same",), (("graph", "it counts"),))
    write(folder / "probes.json", Probes(FORMAT, (probe,)))


def a_run_of_format_1(folder: Path) -> None:
    shutil.copytree(SUPPORT / "run_of_format_1", folder)


def trained(folder: Path) -> None:
    plan = replace(an_accuracy_plan(("eager", "xla"), 2), training=a_training("eager"))
    kept_trainings(folder, plan, {"xla-s1": "nan"})


def packed(folder: Path) -> None:
    trained(folder)
    packing.pack(folder)


def one_training(folder: Path) -> None:
    trained(folder.with_name("all"))
    create_training(folder, a_training())
    shutil.copy(folder.with_name("all") / "trainings" / "eager-s0" / "points.json", folder)


def a_selftest(folder: Path) -> None:
    write_to = folder / "runs" / "00"
    slowed = tuple(replace(a_case("function"), slowdown=share) for share in (0.02, 0.05))
    plan = a_plan((a_case("function"), a_case("function", again=True), *slowed))
    with Store.create(write_to, plan) as store:
        for block in range(3):
            for case in plan.cases:
                store.keep(Outcome(measurement=a_measurement(case, block, 0.02 * (1 + case.slowdown))))
    write(folder / "selftest.json", RECORD)


def outcomes_of(folder: Path) -> object:
    store = Store.open(folder)
    return store.plan, store.outcomes(), [line for line in store.left_out if not line.contradicts]


def told(folder: Path) -> None:
    store = Store.open(folder)
    run = report.build(store).run
    indexed_run("a", run), indexed_cases(run)
    runs = [NamedRun(name, run) for name in ("a", "b")]
    changes = compare.changes(runs)
    comparison.build(folder.with_name("compared"), runs, compare.differences(runs), changes, [])


def learned(folder: Path) -> object:
    plan = open_accuracy(folder)
    return plan, read_trainings(folder, plan)


RUN = partial(Kind, read=outcomes_of, tell=told)
KINDS = (
    RUN("plan", a_run, "plan.json"),
    RUN("measurements", a_run, "measurements.jsonl"),
    RUN("measurements on a GPU", a_run_on_two_devices, "measurements.jsonl"),
    RUN("measurement of format 1", a_run_of_format_1, "measurements/*.json"),
    Kind("break-evens", with_trials, "trials.json", read_break_evens, told),
    Kind("probes", with_probes, "probes.json", read_probes, told),
    Kind("training", one_training, "training.json", open_training, training.build),
    Kind("points", one_training, "points.json", open_training, training.build),
    Kind("accuracy", trained, "accuracy.json", learned, accuracy.build),
    Kind("training of an accuracy", trained, "trainings/*/training.json", learned, accuracy.build),
    Kind("points of an accuracy", trained, "trainings/*/points.json", learned, accuracy.build),
    Kind("broken", trained, "trainings/*/broken.json", learned, accuracy.build),
    Kind("packed trainings", packed, "trainings.jsonl.gz", learned, accuracy.build),
    Kind("selftest", a_selftest, "selftest.json", open_selftest, selftest.build),
    Kind("run of a selftest", a_selftest, "runs/*/measurements.jsonl", open_selftest, selftest.build),
)


def damaged_line(text: bytes, rng: random.Random, damage: Callable[[bytes], bytes]) -> bytes:
    """The file with one of its records damaged; what is no file of lines is one record."""
    parts = text.split(b"\n")[:-1] if b'}\n{"' in text else [text]
    number = rng.randrange(len(parts))
    parts[number] = damage(parts[number])
    return b"\n".join([*parts, b""])


def damage_file(file: Path, rng: random.Random, damage: Callable[[bytes], bytes]) -> bytes:
    """Damage it; returns what it held."""
    whole = file.read_bytes()
    is_packed = file.suffix == ".gz"
    text = damaged_line(gzip.decompress(whole) if is_packed else whole, rng, damage)
    file.write_bytes(gzip.compress(text, 1) if is_packed else text)
    return whole


def in_a_value(text: bytes, rng: random.Random) -> bytes:
    """As JSON of an older version, without a checksum."""
    return as_text(damaged_value(msgspec.json.decode(unsealed(text)[0]), rng))


def files_of(kind: Kind, folder: Path) -> list[Path]:
    kind.make(folder)
    return sorted(folder.glob(kind.file))
