"""A soak: seeded faults in runs that are resumed until they are complete: `python soak.py SEED COUNT [--real]`.

Each fault is a signal to one of the command's processes at one moment. With workers whose times follow from the seed,
each run must end in the records, analysis and report of a run without faults, bit for bit. With `--real`, in
`run --preset quick --models mlp`, no kept record may be lost, and each run must come to its end. In either, no process
may outlive its command, no command may hang, and none may end in a traceback of ours.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
from faults import SIGNALS, TARGETS, Fault, family, faults, left_behind, strike
from soak_kinds import Faked, Kind, Real

from bench.records.store import MEASUREMENTS, Store

HANGS_S = 240.0
TOO_EARLY = 0.02  # a share of a run at which nothing can be struck that is not there
TRIES = 6  # of a run without further faults until it must be complete
CODES = {0, 4, 130, 143, 129, *(-signal.Signals[name] for name in SIGNALS if name != "SIGSTOP")}


@dataclass
class Tally:
    """What came of the faults."""

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    runs: int = 0
    commands: int = 0
    broke: list[tuple[Fault | None, str]] = field(default_factory=list)

    def held(self, fault: tuple[str, str]) -> int:
        return self.tried[fault] - len({id(f) for f, _ in self.broke if f and (f.signal, f.target) == fault})

    def ends(self) -> list[str]:
        """For each fault '' where it held, else the first thing that broke."""
        first: dict[int, str] = {}
        for fault, text in self.broke:
            first.setdefault(id(fault), text)
        return [*first.values(), *[""] * (sum(self.tried.values()) - len(first))]

    def table(self) -> Iterator[str]:
        """Markdown: a row a signal, a column a target, each the faults that held of those tried."""
        yield f"| signal | {' | '.join(TARGETS)} |"
        yield f"| --- |{' --- |' * len(TARGETS)}"
        for name in SIGNALS:
            cells = (f"{self.held((name, target))} of {self.tried[name, target]}" for target in TARGETS)
            yield f"| {name} | {' | '.join(cells)} |"

    def summary(self) -> str:
        codes = ", ".join(f"{code} ({count} times)" for code, count in sorted(self.codes.items()))
        struck = sum(self.tried.values())
        return (
            f"{struck} faults, {self.runs} runs, {self.commands} commands; exit codes {codes}; broke: {len(self.broke)}"
        )


def soak(seed: int, count: int, kind: Kind, place: Path) -> Tally:
    """Strike until so many faults have struck; the last run is completed without."""
    tally, run = Tally(), Run(place / "0", kind, 0)
    for fault in faults(seed, count):
        moment = fault
        while not run.go_on(tally, moment) and moment.share > TOO_EARLY:
            moment = replace(moment, share=moment.share / 2)
            run = run.next_one(tally)
        run = run.next_one(tally)
    for _ in range(TRIES):
        if run.complete():
            break
        run.go_on(tally, None)
    else:
        tally.broke.append((None, f"{run.folder}: not complete after {TRIES} tries"))
    run.end(tally)
    return tally


@dataclass
class Run:
    """A run folder that is gone on with, fault after fault."""

    folder: Path
    kind: Kind
    number: int
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kind.create(self.folder)

    def go_on(self, tally: Tally, fault: Fault | None) -> bool:
        """One command, and one fault in it; whether that fell before the command's end."""
        before, log = self.lines(), self.folder.with_name(f"{self.folder.name}.log")
        words = [*self.kind.words(self.folder, fault), *(["--retry-failed"] if self.failed() else [])]
        left = self.left()
        with log.open("ab") as output:
            command = psutil.Popen(words, stdout=output, stderr=output, stdin=subprocess.DEVNULL)
        at = log.stat().st_size
        seen = strike(fault, command, fault.share * left * self.kind.whole_s) if fault else family(command)
        problems = list(_ended(command, seen or []))
        problems += [f"exit code {command.returncode}"] * (command.returncode not in CODES)
        problems += ["a traceback"] * (command.returncode != -signal.SIGINT and b"Traceback" in log.read_bytes()[at:])
        problems += ["kept lines were lost"] * (not self.lines().startswith(before))
        tally.commands += 1
        tally.codes[command.returncode] += 1
        tally.broke += [(fault, f"{self.folder}: {problem} ({fault})") for problem in problems]
        if fault and seen:
            tally.tried[fault.signal, fault.target] += 1
            self.faults.append(fault)
        return bool(seen)

    def next_one(self, tally: Tally) -> "Run":
        """This run, or a new one where it is complete."""
        if not self.complete():
            return self
        self.end(tally)
        return Run(self.folder.with_name(str(self.number + 1)), self.kind, self.number + 1)

    def end(self, tally: Tally) -> None:
        """Look at what the complete run has come to."""
        tally.runs += 1
        last = self.faults[-1] if self.faults else None
        tally.broke += [
            (last, f"{self.folder}: {problem} ({self.faults})") for problem in self.kind.faults_at_end(self.folder)
        ]

    def lines(self) -> bytes:
        """The whole lines of what was kept: a torn one is cut when the run goes on."""
        file = self.folder / MEASUREMENTS
        return file.read_bytes().rpartition(b"\n")[0] if file.exists() else b""

    def failed(self) -> bool:
        return any(outcome.failure for outcome in Store.open(self.folder).outcomes())

    def left(self) -> float:
        """The share of the plan that is not measured yet."""
        store = Store.open(self.folder)
        measured = [outcome for outcome in store.outcomes() if outcome.measurement]
        return 1 - len(measured) / (store.plan.schedule.blocks * len(store.plan.cases))

    def complete(self) -> bool:
        return self.left() == 0


def _ended(command: psutil.Popen, seen: list[psutil.Process]) -> Iterator[str]:
    try:
        command.wait(HANGS_S)
    except psutil.TimeoutExpired:
        yield f"it hangs: {[(p.pid, p.status(), p.cmdline()[1:4]) for p in family(command)]}"
        seen = [*seen, *family(command)]
        command.kill()
        command.wait()
    if outlived := left_behind([process for process in seen if process.pid != command.pid]):
        yield f"outlived it: {outlived}"


def prepare(place: Path) -> None:
    """What this process hands on to the commands that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it, and children with it
    os.environ["XDG_RUNTIME_DIR"] = str(place)  # no other command's lock is waited for


def main() -> None:
    seed, count = map(int, sys.argv[1:3])
    place = Path(tempfile.mkdtemp(prefix="soak-"))
    prepare(place)
    kind: Kind = Real() if "--real" in sys.argv else Faked(place / "reference")
    tally = soak(seed, count, kind, place)
    sys.stdout.write("\n".join((*tally.table(), tally.summary(), *(text for _, text in tally.broke), "")))
    sys.exit(bool(tally.broke))


if __name__ == "__main__":
    main()
