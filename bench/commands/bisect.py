"""`compare --bisect GOOD BAD`: the commit that made a gate fail, found by `git bisect run` with interleaved runs.

Each commit is measured beside GOOD, repetition by repetition, in work trees of their own: the one you work in stays
as it is.
"""

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bench.commands.console import aside
from bench.commands.streams import say
from bench.errors import BenchError, Exit

STATE = "bisect.json"
SKIP = 125  # what `git bisect run` takes for a commit that cannot be judged
ABORT = 128  # what ends it
OURS = ("--out", "--resume", "--blocks", "--json", "--retry-failed")
ROOT = Path(__file__).parents[2]  # where this program is imported from


@dataclass(frozen=True, slots=True)
class Bisection:
    """What each step needs: the commits' work trees, the options of `run`, the gates, how much is measured."""

    format: int
    good: str
    candidate: str
    options: tuple[str, ...]
    gates: tuple[str, ...]
    repetitions: int


def bisect(ends: Sequence[Path], gates: Sequence[str], run: str, repetitions: int, out: Path) -> Exit:
    """Find the first commit at which a gate fails. Raises BenchError where there is nothing to look for."""
    from bench.analysis import gates as known

    if len(ends) != 2 or not gates:
        raise BenchError('type compare --bisect GOOD BAD --fail-on "function slower 5%", with two commits')
    for text in gates:
        known.parse(text)
    options = tuple(shlex.split(run))
    if not_ours := [option for option in options if option.split("=")[0] in OURS]:
        raise BenchError(f"--run takes what is measured, not {not_ours[0]}: that is set for each commit")
    good, bad = (_commit(str(end)) for end in ends)
    if _git(Path.cwd(), "merge-base", good, bad) != good:
        raise BenchError(f"{ends[0]} is not an ancestor of {ends[1]}; type the older commit first")
    out.mkdir(parents=True, exist_ok=True)
    with _trees(good, bad) as (good_tree, candidate):
        return _search(Bisection(2, str(good_tree), str(candidate), options, tuple(gates), repetitions), bad, out)


def _search(bisection: Bisection, bad: str, out: Path) -> Exit:
    from bench.records.files import write

    write(out / STATE, bisection)
    code = judge(bisection, out)
    if code != Exit.REGRESSION:
        why = "the gates pass there" if code == Exit.OK else f"it was not decided there, see {out / bad[:12]}"
        aside(f"nothing to look for in front of {bad[:12]}: {why}")
        return Exit.NOT_ENOUGH_EVIDENCE if code == Exit.OK else Exit(code)
    tree = Path(bisection.candidate)
    _git(tree, "bisect", "start", bad, _git(Path(bisection.good), "rev-parse", "HEAD"))
    step = [sys.executable, "-m", "bench", "bisect-step", str(out.resolve())]
    command = f"cd {shlex.quote(str(out.resolve()))} && exec {shlex.join(step)}"
    search = ["git", "bisect", "run", "sh", "-c", command]
    done = subprocess.run(search, cwd=tree, env=_environment(), stdout=subprocess.PIPE, text=True)
    aside(done.stdout.rstrip())
    return _told(tree, done.returncode, out)


def _told(tree: Path, code: int, out: Path) -> Exit:
    """What `git bisect run` has found: one commit; or several, of which some could not be judged."""
    if code == 0:
        first = _git(tree, "rev-parse", "refs/bisect/bad")
        say(f"first bad commit: {_git(tree, 'log', '-1', '--format=%h %an, %as: %s', first)}")
        say(f"report: {out / first[:12] / 'compared' / 'report.html'}")
        return Exit.OK
    left = _git(tree, "bisect", "log").splitlines()
    skipped = [line for line in left if line.startswith("# possible first bad commit")]
    if not skipped:
        raise BenchError(f"git bisect ended with code {code}; its runs are in {out}")
    say(
        "\n".join(
            ["not decided which of these is the first bad commit:", *(line.partition(": ")[2] for line in skipped)]
        )
    )
    return Exit.NOT_ENOUGH_EVIDENCE


def bisect_step(folder: Annotated[Path, typer.Argument(help="The folder that holds bisect.json.")]) -> Exit:
    """Judge the commit that `git bisect run` has checked out: exit 0 good, 1 bad, 125 cannot be judged."""
    from bench.records.files import read

    try:
        code = judge(read(folder / STATE, Bisection), folder)
    except KeyboardInterrupt:
        sys.exit(ABORT)
    if code not in (Exit.OK, Exit.REGRESSION):
        sys.exit(ABORT if code > ABORT else SKIP)  # above it: ended by a signal
    return Exit(code)


def judge(bisection: Bisection, out: Path) -> int:
    """Measure the candidate and GOOD, interleaved, and compare: the exit code of `compare`, or that of a failed run."""
    tree = Path(bisection.candidate)
    folder = (out / _git(tree, "rev-parse", "HEAD")[:12]).resolve()
    sides = ((folder / "good", Path(bisection.good)), (folder / "new", tree))
    for repetition in range(bisection.repetitions):
        for place, of in sides:
            rest = ["--resume", str(place)] if repetition else [*bisection.options, "--out", str(place)]
            command = [sys.executable, "-m", "bench", "run", *rest, "--blocks", "1", "--quiet"]
            done = subprocess.run(command, cwd=of, env=_environment(), stdout=subprocess.DEVNULL)
            if done.returncode:
                aside(f"{folder.name}: cifar-bench run ended with code {done.returncode} in {of.name}")
                return done.returncode
    code = _compare([place for place, _ in sides], bisection.gates, folder / "compared")
    words = "good" if code == Exit.OK else "bad" if code == Exit.REGRESSION else "not decided"
    aside(f"{_git(tree, 'log', '-1', '--format=%h %s')}: {words}")
    return code


def _compare(runs: Sequence[Path], gates: Sequence[str], out: Path) -> int:
    asked = [word for gate in gates for word in ("--fail-on", gate)]
    command = [sys.executable, "-m", "bench", "compare", *map(str, runs), *asked, "--out", str(out)]
    done = subprocess.run(command, cwd=out.parent, env=_environment(), stdout=subprocess.PIPE, text=True)
    aside(done.stdout.rstrip())
    return done.returncode


def _environment() -> dict[str, str]:
    """Where `bench` is found if the work tree has none of its own."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}


@contextlib.contextmanager
def _trees(good: str, bad: str) -> Iterator[tuple[Path, Path]]:
    """Two work trees of the repository here, removed in the end."""
    with tempfile.TemporaryDirectory(prefix="cifar-bench-bisect-") as place:
        trees = Path(place) / "good", Path(place) / "candidate"
        try:
            for tree, commit in zip(trees, (good, bad), strict=True):
                _git(Path.cwd(), "worktree", "add", "--detach", str(tree), commit)
            yield trees
        finally:
            for tree in trees:
                with contextlib.suppress(BenchError):
                    _git(Path.cwd(), "worktree", "remove", "--force", str(tree))


def _commit(name: str) -> str:
    return _git(
        Path.cwd(), "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", wrong=f"'{name}' is not a commit here"
    )


def _git(folder: Path, *words: str, wrong: str = "") -> str:
    """What git prints. Raises BenchError with its first line, or `wrong`."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True)  # noqa: S607
    except FileNotFoundError:
        raise BenchError("--bisect needs git; install it") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or [f"code {done.returncode}"]
        raise BenchError(wrong or f"git {words[0]}: {said[0]}")
    return done.stdout.strip()
