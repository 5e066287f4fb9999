"""What a folder holds, by the file that says so: for whoever named a folder of another kind than was wanted."""

import shlex
from dataclasses import dataclass
from os.path import lexists
from pathlib import Path

from bench.errors import BenchError


@dataclass(frozen=True, slots=True)
class FolderKind:
    """A kind of folder: the file that says so, its name in words, the command that makes it and goes on with it."""

    file: str
    title: str
    command: str
    resumes: bool = True


KINDS = (
    FolderKind("plan.json", "a run", "run"),
    FolderKind("training.json", "a training", "train"),
    FolderKind("accuracy.json", "trainings of several modes", "accuracy"),
    FolderKind("fleet.json", "the runs of several machines", "run --each-machine --on ADDRESS"),
    FolderKind("selftest.json", "a self-test", "selftest", resumes=False),
    FolderKind("comparison.json", "a comparison", "compare", resumes=False),
)


def not_the_kind(folder: Path, wanted: str, resume: bool = False) -> BenchError:
    """The error for a folder without the file `wanted`: what it holds instead, and the command for that."""
    kind = next(kind for kind in KINDS if kind.file == wanted)
    if found := next((other for other in KINDS if lexists(folder / other.file)), None):
        place = shlex.quote(str(folder))
        command = f"{found.command} --resume {place}" if resume and found.resumes else f"report {place}"
        advice = "" if found.command == "compare" else f"; type cifar-bench {command}"
        return BenchError(f"{folder} holds {found.title}, not {kind.title}{advice}")
    lacks = f"{folder} holds no {kind.title.removeprefix('a ')}" if folder.is_dir() else f"there is no folder {folder}"
    return BenchError(f"{lacks} ({wanted} is looked for); `cifar-bench {kind.command}` makes one")


def refuse_others(folder: Path, wanted: str) -> None:
    """Raises BenchError where a folder that is to be resumed is not of that kind: with what resumes it."""
    if not lexists(folder / wanted):
        raise not_the_kind(folder, wanted, resume=True)
