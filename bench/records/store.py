"""The run folder: each outcome a file of its own, written when it exists, read back in a fixed order.

    plan.json                              what the run set out to measure
    measurements/<key>-b<block>.json       written once, atomically; never changed
    interrupted/<key>-b<block>.json        slices of blocks that were cut short; kept, never counted

All else under the folder is rebuilt from these. Leaves out what the records mean (records.py).
"""

import os
from pathlib import Path

from bench.errors import BenchError
from bench.records.files import new_folder, read, write
from bench.records.run import Outcome, Plan


class Store:
    """A run folder that exists and holds a plan."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder, self.plan = folder, plan

    @classmethod
    def create(cls, folder: Path, plan: Plan) -> "Store":
        """A new run. Raises BenchError where the folder holds anything, or cannot be written."""
        with new_folder(folder, f"type `cifar-bench run --resume {folder}` to go on with a run, or another --out"):
            (folder / "measurements").mkdir()
            write(folder / "plan.json", plan)
        return cls(folder, plan)

    @classmethod
    def open(cls, folder: Path) -> "Store":
        """A run that is there. Raises BenchError where it is none, of a newer format, or broken."""
        try:
            if not (folder / "plan.json").is_file():
                raise BenchError(f"{folder} is no run folder (it has no plan.json); `cifar-bench run` makes one")
        except OSError as error:
            raise BenchError(f"cannot read {folder}: {error.strerror}") from None
        return cls(folder, read(folder / "plan.json", Plan))

    def keep(self, outcome: Outcome, interrupted: bool = False) -> None:
        """Write one outcome. One that was cut short goes apart, and may replace an earlier such. Raises BenchError."""
        folder = self.folder / ("interrupted" if interrupted else "measurements")
        try:
            folder.mkdir(exist_ok=True)
            write(folder / _name(outcome), outcome)
        except OSError as error:
            advice = f"make room, then type --resume {self.folder}"
            raise BenchError(f"cannot write to {folder}: {error.strerror}; {advice}") from None

    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome of the plan's cases, by block, then in the plan's order of cases."""
        order = {case.key: number for number, case in enumerate(self.plan.cases)}
        files = sorted((self.folder / "measurements").glob("*.json"))
        outcomes = [read(file, Outcome) for file in files]
        return tuple(sorted(outcomes, key=lambda o: (o.block, order.get(o.case.key, len(order)))))

    def held(self) -> set[tuple[str, int]]:
        """The cases that have their outcome in a block, by their keys and the block's number."""
        return {(outcome.case.key, outcome.block) for outcome in self.outcomes()}

    def set_aside(self, outcomes: list[Outcome]) -> None:
        """Move the outcomes of a block that did not end among the interrupted ones: it will be measured anew."""
        (self.folder / "interrupted").mkdir(exist_ok=True)
        for outcome in outcomes:
            os.replace(self.folder / "measurements" / _name(outcome), self.folder / "interrupted" / _name(outcome))


def _name(outcome: Outcome) -> str:
    return f"{outcome.case.key}-b{outcome.block}.json"
