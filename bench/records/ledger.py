"""What of a run's lines counts: the first outcome of a case and block, unless it was moved aside."""

from dataclasses import dataclass

from bench.records.run import FORMAT, Failure, Measurement, Outcome, Plan
from bench.records.validation import outcome_fault

CaseAndBlock = tuple[str, int]  # a case's key, and a block's number


@dataclass(frozen=True, slots=True)
class SetAside:
    """A line that moves the outcome of a case and block aside: a later one counts."""

    set_aside: CaseAndBlock
    why: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read: an Outcome or a SetAside."""

    format: int = FORMAT
    measurement: Measurement | None = None
    failure: Failure | None = None
    set_aside: CaseAndBlock | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if not (self.measurement or self.failure or self.set_aside):
            raise ValueError("it holds neither a measurement nor a failure")
        if self.set_aside and (self.measurement or self.failure):
            raise ValueError("it holds an outcome and moves one aside")

    @property
    def record(self) -> Outcome | SetAside:
        """What it is."""
        if self.set_aside:
            return SetAside(self.set_aside, self.why)
        return Outcome(self.format, self.measurement, self.failure)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that does not count, and why. `contradicts`: the plan or itself, so that the folder was damaged."""

    text: str
    contradicts: bool = True


class Ledger:
    """What counts of a run, in memory."""

    def __init__(self, plan: Plan) -> None:
        self._planned = {case.key: case for case in plan.cases}
        self._order = {case.key: number for number, case in enumerate(plan.cases)}
        self._most_blocks = plan.schedule.most_blocks
        self._counting: dict[CaseAndBlock, Outcome] = {}
        self._left_out: list[LeftOut] = []

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The lines that do not count, in the order in which they stand."""
        return tuple(self._left_out)

    def take(self, record: Outcome | SetAside, place: str) -> None:
        """Add what stands at `place`; what must not count is left out, with the reason."""
        if isinstance(record, SetAside):
            self._set_aside(record, place)
        elif fault := outcome_fault(record, self._planned, self._most_blocks):
            self.leave_out(f"{place}: {fault}")
        else:
            self._count(record, place)

    def leave_out(self, text: str, contradicts: bool = True) -> None:
        """Note a line that does not count."""
        self._left_out.append(LeftOut(text, contradicts))

    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome that counts, by block, then in the plan's order of cases."""
        return tuple(sorted(self._counting.values(), key=lambda o: (o.block, self._order[o.case.key])))

    def held(self) -> set[CaseAndBlock]:
        """The cases that have their outcome in a block."""
        return set(self._counting)

    def _set_aside(self, aside: SetAside, place: str) -> None:
        key, block = aside.set_aside
        if key not in self._planned or not 0 <= block < self._most_blocks:
            self.leave_out(f"{place}: block {block} of {key!r} is not in the plan")
        self._counting.pop((key, block), None)

    def _count(self, outcome: Outcome, place: str) -> None:
        first = self._counting.setdefault((outcome.case.key, outcome.block), outcome)
        if first != outcome:
            again = f"block {outcome.block} of {outcome.case.key} once more, with other numbers: the first counts"
            self.leave_out(f"{place}: {again}", contradicts=False)
