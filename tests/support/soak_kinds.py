"""What is soaked: runs whose times are made up, and real ones; how each begins, goes on, and must end."""

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from builders import SCHEDULE, a_group, a_plan
from faults import Fault

from bench.analysis.analyse import analyse
from bench.records.decoding import encoded
from bench.records.proof import GradientSketch
from bench.records.run import Outcome
from bench.records.store import MEASUREMENTS, Store
from bench.report import run as report

EXECUTED = 0.25  # the share of commands whose workers have no fork server


class Kind(Protocol):
    """What is soaked: how a run begins and goes on, and what must be true of one that is complete."""

    whole_s: float

    def create(self, folder: Path) -> None: ...

    def words(self, folder: Path, fault: Fault | None) -> list[str]: ...

    def faults_at_end(self, folder: Path) -> list[str]: ...


@dataclass
class Faked:
    """Workers with made-up times, whose every run must end in the same bytes."""

    reference: Path
    whole_s: float = 0.0
    sound: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.create(self.reference)
        start = time.monotonic()
        done = subprocess.run(self.words(self.reference, None), capture_output=True, check=False, text=True)
        assert done.returncode == 0, done.stderr
        self.whole_s, self.sound = time.monotonic() - start, end_of(self.reference)

    def create(self, folder: Path) -> None:
        # The steps are set: else they would be settled by whichever block was measured first.
        schedule = replace(SCHEDULE, blocks=3, rounds=10, slice_s=0.1, steps_per_slice=5, time_limit_s=30.0)
        Store.create(folder, a_plan(GROUP, schedule=schedule)).close()

    def words(self, folder: Path, fault: Fault | None) -> list[str]:
        how = "executed" if fault and fault.target != "fork server" and fault.choice < EXECUTED else "forked"
        soaked = str(Path(__file__).with_name("soaked.py"))
        return [sys.executable, soaked, "run", how, "run", "--resume", str(folder)]

    def faults_at_end(self, folder: Path) -> list[str]:
        found = end_of(folder)
        return [f"{name} differs" for name in sorted({*found, *self.sound}) if found.get(name) != self.sound.get(name)]


GROUP = a_group(("eager", "function", "xla"))


@dataclass
class Real:
    """`run --preset quick --models mlp`, with TensorFlow."""

    whole_s: float = 60.0

    def create(self, folder: Path) -> None:
        from bench.records.choices import DEFAULTS
        from bench.runner import plan
        from cifar_core import cifar10

        options = replace(DEFAULTS, models="mlp", preset="quick", data="synthetic", blocks=3)
        Store.create(folder, plan.make(options, cifar10.find("synthetic"))).close()

    def words(self, folder: Path, fault: Fault | None) -> list[str]:
        return [sys.executable, "-m", "bench", "run", "--resume", str(folder)]

    def faults_at_end(self, folder: Path) -> list[str]:
        store = Store.open(folder)
        groups = analyse(store.plan, store.outcomes(), store.left_out).groups
        return (
            []
            if all(result.valid for group in groups for result in (group.baseline, *group.candidates))
            else ["INVALID"]
        )


def end_of(folder: Path) -> dict[str, bytes]:
    """What a complete run ends in: its records that count, its analysis, and each file of the report made of these."""
    store = Store.open(folder)
    with tempfile.TemporaryDirectory() as place:
        with Store.create(Path(place) / "run", store.plan) as clean:
            for outcome in store.outcomes():
                clean.keep(outcome)
            report.build(clean)
        files = {file: file.read_bytes() for file in Path(place).rglob("*") if file.is_file()}
        built = {str(file.relative_to(place)): content.replace(place.encode(), b"") for file, content in files.items()}
    outcomes = [without_what_is_taken_once(outcome) for outcome in store.outcomes()]
    records = b"\n".join(map(encoded, outcomes))
    groups = analyse(store.plan, outcomes).groups
    return {**built, f"run/{MEASUREMENTS}": records, "analysis": repr(groups).encode()}


def without_what_is_taken_once(outcome: Outcome) -> Outcome:
    """Without the time of day, and what stands in the records of whichever block was the first to measure it.

    That is the rounding noise, directions, and a slice's steps compared with single ones.
    """
    assert outcome.measurement
    evidence, proof = outcome.measurement.evidence, outcome.measurement.proof
    plain = replace(evidence, gradients=tuple(map(_length, evidence.gradients)), moved_losses=(), moved=None)
    late = proof.late and replace(proof.late, gradients=tuple(map(_length, proof.late.gradients)))
    replay = proof.replay and replace(proof.replay, slice=None)
    proof = replace(
        proof, late=late, replay=replay, reached=tuple(replace(each, projections=()) for each in proof.reached)
    )
    return replace(outcome, measurement=replace(outcome.measurement, evidence=plain, proof=proof, elapsed_s=None))


def _length(sketch: GradientSketch) -> GradientSketch:
    return replace(sketch, projections=(), noise=None, far_noise=None)
