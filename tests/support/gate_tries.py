"""How often a gate fails where nothing has changed, and sees a change: `gate_tries.py FOLDER TRIES`.

    python tests/support/gate_tries.py results/noisy 1 --runs 4 --repetitions 12
    python tests/support/gate_tries.py results/quiet 1 --runs 5 --slowed "function 5%" --quiet-machine

Each try is what action.yml does, of one and the same code: interleaved runs, repetition by repetition, then `compare
--fail-on` of each two of them, in either order, and of each with the slowed one. More than two `--runs` give more pairs
for the same time; a pair's repetitions then lie further apart. Lines of FOLDER/tries.csv, one a pair and gate, are
appended whenever one of the numbers of `--repetitions` is reached. The same command again goes on where it stopped. The
neighbour works and rests by turns of some seconds, as other jobs on a hosted runner do. The machine must be free of
anything else.
"""

import argparse
import csv
import random
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import permutations, product
from pathlib import Path

from bench.records.store import Store

OPTIONS = ["--preset", "thorough", "--data", "synthetic", "--models", "mlp", "--modes", "eager,function"]
VERDICTS = {0: "passed", 1: "failed", 3: "undecided"}  # exit codes of `compare --fail-on`
SLOWED = "slowed"  # the folder of the run with a slowed mode
HEADS = {False: "unchanged: passed / undecided / failed", True: "slowed: failed / undecided / passed"}
ORDER = {False: ("passed", "undecided", "failed"), True: ("failed", "undecided", "passed")}
# Works for 1 to 6 s, rests for 1 to 6 s, on one core, with memory to move; ends with its parent's pipe.
NEIGHBOUR = """
import random, select, sys, time
import numpy as np
draw, matrix = random.Random(int(sys.argv[1])), np.ones((600, 600))
while True:
    end = time.monotonic() + draw.uniform(1, 6)
    while time.monotonic() < end:
        matrix = matrix @ matrix / 600
    if select.select([sys.stdin], [], [], draw.uniform(1, 6))[0]:
        break
"""


@contextmanager
def neighbour(seed: int) -> Iterator[None]:
    """A process that is busy by turns while the with-block runs."""
    command = [sys.executable, "-c", NEIGHBOUR, str(seed)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            yield
        finally:
            process.terminate()


def bench(*words: str) -> int:
    """The exit code of a command of cifar-bench; what it says goes to stderr."""
    done = subprocess.run([sys.executable, "-m", "bench", *words], stdout=sys.stderr, check=False)
    return done.returncode


def measure(place: Path, repetitions: int, wanted: argparse.Namespace) -> None:
    """Interleaved runs up to so many repetitions, in a new order each time; a slowed one is of the same code."""
    slowed = ["--slow-down", wanted.slowed] if wanted.slowed else []
    extra = {f"run-{number}": list[str]() for number in range(wanted.runs)} | ({SLOWED: slowed} if slowed else {})
    for number in range(repetitions):
        draw = random.Random(f"gate {place.name} {number}")
        for name in draw.sample(sorted(extra), len(extra)):
            if _measured(place / name) <= number:
                begun = (place / name / "plan.json").exists()
                how = ["--resume", str(place / name)] if begun else ["--out", str(place / name), *wanted.options]
                code = bench("run", "--quiet", *how, *([] if begun else extra[name]), "--blocks", "1")
                if code not in (0, 3):  # 3: not enough evidence yet
                    raise RuntimeError(f"cifar-bench run ended with exit code {code}")


def _measured(run: Path) -> int:
    """How many repetitions a run holds."""
    held = (outcome.block for outcome in Store.open(run).outcomes()) if (run / "plan.json").exists() else ()
    return len(set(held))


def judged(place: Path, number: int, gates: list[str], repetitions: int) -> Iterator[dict[str, object]]:
    """What each gate says of each pair of a try's runs."""
    runs = sorted(folder.parent.name for folder in place.glob("*/plan.json"))
    alike = [run for run in runs if run != SLOWED]
    pairs = [*permutations(alike, 2), *((run, SLOWED) for run in alike if SLOWED in runs)]
    for (before, after), gate in product(pairs, gates):
        folders = (str(place / before), str(place / after))
        code = bench("compare", "--quiet", *folders, "--fail-on", gate, "--out", str(place / "compare"))
        verdict = VERDICTS.get(code, f"exit code {code}")
        pair = f"{before} {after}"
        yield {"try": number, "pair": pair, "gate": gate, "repetitions": repetitions, "verdict": verdict}


def rows_of(file: Path) -> list[dict[str, str]]:
    """The tries so far."""
    return list(csv.DictReader(file.read_text().splitlines())) if file.exists() else []


def table(rows: list[dict[str, str]]) -> str:
    """How often each gate gave each verdict, as rows of Markdown; of slowed runs too where there are any."""
    found = Counter((row["gate"], row["repetitions"], SLOWED in row["pair"].split(), row["verdict"]) for row in rows)
    judges = (False, True) if any(slowed for _, _, slowed, _ in found) else (False,)
    lines = [_line("gate", "repetitions", *(HEADS[slowed] for slowed in judges))]
    lines.append("|" + " --- |" * (2 + len(judges)))
    for gate, repetitions in dict.fromkeys((row["gate"], row["repetitions"]) for row in rows):
        counts = ([str(found[gate, repetitions, slowed, verdict]) for verdict in ORDER[slowed]] for slowed in judges)
        lines.append(_line(f"`{gate}`", repetitions, *map(" / ".join, counts)))
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tries", type=int)
    parser.add_argument("--repetitions", type=int, nargs="+", default=[20], help="judged at each of these numbers")
    parser.add_argument("--runs", type=int, default=2, help="interleaved in each try; each two are compared both ways")
    parser.add_argument("--slowed", help="one more run with this mode slowed: 'function 5%%'")
    parser.add_argument("--gate", action="append", help="as for --fail-on; default: 'slower 5%%' and 'step slower 5%%'")
    parser.add_argument("--quiet-machine", action="store_true", help="without the busy neighbour")
    parser.add_argument("--options", type=shlex.split, default=OPTIONS, help="of `cifar-bench run`, as one text")
    return parser.parse_args()


def main() -> None:
    wanted = arguments()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    file, gates = wanted.folder / "tries.csv", wanted.gate or ["slower 5%", "step slower 5%"]
    done = {(row["try"], row["repetitions"]) for row in rows_of(file)}
    for number, repetitions in product(range(wanted.tries), sorted(wanted.repetitions)):
        if (str(number), str(repetitions)) not in done:
            place = wanted.folder / f"try-{number}"
            with nullcontext() if wanted.quiet_machine else neighbour(number):
                measure(place, repetitions, wanted)
            _append(file, list(judged(place, number, gates, repetitions)))
    sys.stdout.write(table(rows_of(file)) + "\n")


def _append(file: Path, rows: list[dict[str, object]]) -> None:
    with file.open("a", newline="") as out:
        writer = csv.DictWriter(out, list(rows[0]))
        if out.tell() == 0:
            writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
