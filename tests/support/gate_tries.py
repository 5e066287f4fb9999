"""How often a gate fails where nothing has changed, beside a busy process: `noisy_gate.py FOLDER TRIES`.

Each try is what action.yml does, of one and the same code: interleaved runs, repetition by repetition, then `compare
--fail-on` of each two of them, in either order. More than two `--runs` give more pairs for the same time; a
pair's repetitions then lie further apart. A line a pair and gate is appended to FOLDER/tries.csv after each try, so
that a call again goes on. The neighbour works and rests by turns of some seconds, as other jobs on a hosted runner do.
The machine must be free of anything else.
"""

import argparse
import csv
import random
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import permutations, product
from pathlib import Path

OPTIONS = ["--preset", "thorough", "--data", "synthetic", "--models", "mlp", "--modes", "eager,function"]
VERDICTS = {0: "passed", 1: "failed", 3: "undecided"}  # exit codes of `compare --fail-on`
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


def measure(folder: Path, wanted: argparse.Namespace, draw: random.Random) -> list[Path]:
    """Runs of the same, interleaved repetition by repetition, in a new order each time."""
    runs = [folder / f"run-{number}" for number in range(wanted.runs)]
    for _ in range(wanted.repetitions):
        for run in draw.sample(runs, wanted.runs):
            begun = (run / "plan.json").exists()
            how = ["--resume", str(run)] if begun else ["--out", str(run), *wanted.options]
            code = bench("run", "--quiet", *how, "--blocks", "1")
            if code not in (0, 3):  # 3: not enough evidence yet
                raise RuntimeError(f"cifar-bench run ended with exit code {code}")
    return runs


def tried(folder: Path, gates: list[str], wanted: argparse.Namespace, number: int) -> Iterator[dict[str, object]]:
    """What each gate says of each pair of one try."""
    draw, place = random.Random(f"noisy gate {number}"), folder / f"try-{number}"
    with ExitStack() as stack:
        if not wanted.quiet_machine:
            stack.enter_context(neighbour(number))
        runs = measure(place, wanted, draw)
    for (before, after), gate in product(permutations(runs, 2), gates):
        code = bench("compare", "--quiet", str(before), str(after), "--fail-on", gate, "--out", str(place / "compare"))
        pair, verdict = f"{before.name} {after.name}", VERDICTS.get(code, f"exit code {code}")
        yield {"try": number, "pair": pair, "gate": gate, "repetitions": wanted.repetitions, "verdict": verdict}


def rows_of(file: Path) -> list[dict[str, str]]:
    """The tries so far."""
    return list(csv.DictReader(file.read_text().splitlines())) if file.exists() else []


def table(rows: list[dict[str, str]]) -> str:
    """How often each gate gave each verdict, as rows of Markdown."""
    lines = ["| gate | repetitions | pairs | passed / undecided / failed |", "| --- | --- | --- | --- |"]
    for gate, repetitions in dict.fromkeys((row["gate"], row["repetitions"]) for row in rows):
        verdicts = [row["verdict"] for row in rows if (row["gate"], row["repetitions"]) == (gate, repetitions)]
        count = Counter(verdicts)
        shown = " / ".join(str(count[verdict]) for verdict in ("passed", "undecided", "failed"))
        lines.append(f"| `{gate}` | {repetitions} | {len(verdicts)} | {shown} |")
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("tries", type=int)
    parser.add_argument("--repetitions", type=int, default=20)
    parser.add_argument("--runs", type=int, default=2, help="interleaved in each try; each two are compared both ways")
    parser.add_argument("--gate", action="append", help="as for --fail-on; default: 'slower 5%%' and 'step slower 5%%'")
    parser.add_argument("--quiet-machine", action="store_true", help="without the busy neighbour")
    parser.add_argument("--options", type=shlex.split, default=OPTIONS, help="of `cifar-bench run`, as one text")
    return parser.parse_args()


def main() -> None:
    wanted = arguments()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    file, gates = wanted.folder / "tries.csv", wanted.gate or ["slower 5%", "step slower 5%"]
    done = {int(row["try"]) for row in rows_of(file)}
    for number in range(wanted.tries):
        if number in done:
            continue
        new = list(tried(wanted.folder, gates, wanted, number))
        with file.open("a", newline="") as out:
            writer = csv.DictWriter(out, list(new[0]))
            if out.tell() == 0:
                writer.writeheader()
            writer.writerows(new)
    sys.stdout.write(table(rows_of(file)) + "\n")


if __name__ == "__main__":
    main()
