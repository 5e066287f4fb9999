"""Runs pyperf, pytest-benchmark and asv on the same step, by their own commands: `python for_real.py FOLDER SESSIONS`.

    python tests/support/other_tools/for_real.py results/sample-designs 10 pyperf,pytest-benchmark,asv

They must be installed beside this package (`pip install pyperf asv`). In a session each tool compares tf.function with
itself, with a copy that is slowed by 3 %, and with eager; FOLDER/real.csv gets a line for each: whether the tool
reported a difference, and its seconds. Typed again, it goes on. Nothing else should run meanwhile. `FOLDER --table`
sums up the lines as Markdown.
"""

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

HERE = Path(__file__).parent
PAIRS = {
    "unchanged": ("function", "function"),
    "3 % slower": ("function", "function:0.03"),
    "eager": ("function", "eager"),
}
COLUMNS = ("session", "tool", "after", "different", "seconds")
Command = tuple[str, ...]
PYTHON = sys.executable


def run(command: Command, step: str, place: Path, ends: Sequence[int] = (0,)) -> subprocess.CompletedProcess[str]:
    """Run a command that times the step in a folder. Raises RuntimeError where it ends otherwise than it may."""
    path = os.pathsep.join([str(HERE), str(HERE.parents[2]), os.environ.get("PYTHONPATH", "")])
    environment = os.environ | {"STEP": step, "PYTHONPATH": path, "ASV_PYTHONPATH": path, "HOME": str(place)}
    done = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in ends:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def pyperf(before: str, after: str, place: Path) -> bool:
    """Whether `compare_to` does not call the difference insignificant."""
    for number, step in enumerate((before, after)):
        options = ("-o", f"{number}.json", "--inherit-environ", "STEP,MODEL")
        run((PYTHON, str(HERE / "pyperf_step.py"), *options), step, place)
    said = run((PYTHON, "-m", "pyperf", "compare_to", "-v", "0.json", "1.json"), after, place).stdout
    if "ignificant" not in said and "slower" not in said and "faster" not in said:
        raise RuntimeError(f"pyperf says neither: {said}")
    return "not significant" not in said.lower()


def pytest_benchmark(before: str, after: str, place: Path) -> bool:
    """Whether the second session fails for a minimum more than 2 % above the first's."""
    (place / "pytest.ini").write_text("[pytest]\n")
    options = (
        "-q",
        "-c",
        "pytest.ini",
        "-p",
        "no:cacheprovider",
        "--benchmark-storage=kept",
        str(HERE / "pytest_step.py"),
    )
    command = (PYTHON, "-m", "pytest", *options)
    run((*command, "--benchmark-save=before"), before, place)
    done = run((*command, "--benchmark-compare=0001", "--benchmark-compare-fail=min:2%"), after, place, ends=(0, 1))
    if done.returncode and "Performance has regressed" not in done.stdout + done.stderr:
        raise RuntimeError(done.stdout[-2000:])
    return bool(done.returncode)


def asv(before: str, after: str, place: Path) -> bool:
    """Whether `compare` marks the second of two commits, by which the steps are told apart."""
    commits = _asv_project(place)
    command = (PYTHON, "-m", "asv")
    run((*command, "machine", "--yes", "--machine", "here"), before, place)
    for commit, step in zip(commits, (before, after), strict=True):
        options = ("--record-samples", "--machine", "here", "--set-commit-hash", commit, "-E", f"existing:{PYTHON}")
        run((*command, "run", *options), step, place)
    said = run((*command, "compare", *commits), after, place).stdout
    lines = [line for line in said.splitlines() if "time_step" in line]
    if len(lines) != 1 or "failed" in lines[0] or "n/a" in lines[0]:
        raise RuntimeError(f"asv compares nothing: {said}")
    return lines[0].strip(" |").startswith(("+", "-"))


def _asv_project(place: Path) -> list[str]:
    """A repository of two commits, and asv's settings; the hashes of the commits."""
    benchmarks = place / "benchmarks"
    benchmarks.mkdir()
    (benchmarks / "__init__.py").touch()
    (benchmarks / "asv_step.py").write_text((HERE / "asv_step.py").read_text())
    settings = {"version": 1, "project": "step", "repo": ".", "branches": ["HEAD"], "environment_type": "existing"}
    (place / "asv.conf.json").write_text(json.dumps(settings))
    run(("git", "init", "-q"), "", place)
    author = ("-c", "user.name=nobody", "-c", "user.email=nobody@localhost")
    for text in ("before", "after"):
        run(("git", *author, "commit", "-q", "--allow-empty", "-m", text), "", place)
    return run(("git", "log", "--reverse", "--format=%H"), "", place).stdout.split()


TOOLS: dict[str, Callable[[str, str, Path], bool]] = {
    "pyperf": pyperf,
    "pytest-benchmark": pytest_benchmark,
    "asv": asv,
}


def lines(sessions: int, tools: Sequence[str], known: set[tuple[str, ...]]) -> Iterator[dict[str, object]]:
    """A line for each comparison that is not known yet."""
    for session in range(sessions):
        for tool in tools:
            for name, pair in PAIRS.items():
                if (str(session), tool, name) in known:
                    continue
                start = time.perf_counter()
                with tempfile.TemporaryDirectory() as place:
                    different = TOOLS[tool](*pair, Path(place))
                yield dict(
                    zip(
                        COLUMNS,
                        (session, tool, name, int(different), f"{time.perf_counter() - start:.1f}"),
                        strict=True,
                    )
                )


def table(kept: Sequence[dict[str, str]]) -> str:
    """In how many of its comparisons each tool reported a difference, and the seconds of one on average."""
    rows = ["| tool | " + " | ".join(PAIRS) + " | seconds a comparison |", "|" + " --- |" * (len(PAIRS) + 2)]
    for tool in dict.fromkeys(line["tool"] for line in kept):
        own = [line for line in kept if line["tool"] == tool]
        told = [[int(line["different"]) for line in own if line["after"] == name] for name in PAIRS]
        seconds = statistics.fmean(float(line["seconds"]) for line in own)
        rows.append(f"| {tool} | {' | '.join(f'{sum(each)} of {len(each)}' for each in told)} | {seconds:.0f} s |")
    return "\n".join(rows) + "\n"


def main() -> None:
    file = Path(sys.argv[1]) / "real.csv"
    if sys.argv[2:] == ["--table"]:
        sys.stdout.write(table(list(csv.DictReader(file.read_text().splitlines()))))
        return
    tools = sys.argv[3].split(",") if len(sys.argv) > 3 else [*TOOLS]
    before = list(csv.DictReader(file.read_text().splitlines())) if file.exists() else []
    known = {(line["session"], line["tool"], line["after"]) for line in before}
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", newline="") as stream:
        out = csv.DictWriter(stream, COLUMNS)
        if not before:
            out.writeheader()
        for line in lines(int(sys.argv[2]), tools, known):
            out.writerow(line)
            stream.flush()
            sys.stdout.write(" ".join(map(str, line.values())) + "\n")


if __name__ == "__main__":
    main()
