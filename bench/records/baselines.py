"""Named baselines: baselines.json in the folder of results says which run a name such as `main` stands for."""

import os
import re
from dataclasses import dataclass, replace
from os.path import lexists
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.records.files import read, write
from bench.records.run import FORMAT

RESULTS = Path("results")
BASELINES = "baselines.json"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True, slots=True)
class Baselines:
    """By name the run's folder, as seen from the folder of results, or absolute where it lies elsewhere."""

    format: int
    runs: dict[str, str]


def read_baselines(results: Path = RESULTS) -> Baselines:
    """Those there are. Raises BenchError for a broken file."""
    file = results / BASELINES
    return (
        read(file, Baselines, "type `cifar-bench baseline NAME RUN` again, once it is gone")
        if lexists(file)
        else (Baselines(FORMAT, {}))
    )


def name_baseline(name: str, run: Path, results: Path = RESULTS) -> str:
    """Let a name stand for a run from now on; returns the run that it stood for, or ''. Raises BenchError."""
    if not NAME.fullmatch(name):
        raise BenchError(f"'{name}' is not a name; use letters, digits, '.', '_' and '-', e.g. main")
    known = read_baselines(results)
    place = os.path.relpath(run, results)
    _keep(replace(known, runs={**known.runs, name: str(run.resolve()) if place.startswith("..") else place}), results)
    return known.runs.get(name, "")


def forget_baseline(name: str, results: Path = RESULTS) -> None:
    """The name stands for nothing any more. Raises BenchError where it did not."""
    known = read_baselines(results)
    if name not in known.runs:
        raise unknown("baseline", name, sorted(known.runs) or ["none"], "cifar-bench baseline")
    _keep(replace(known, runs={each: run for each, run in known.runs.items() if each != name}), results)


def run_named(folder: Path, results: Path = RESULTS) -> Path:
    """The run that a name stands for where no such folder is there; else the folder as given. Raises BenchError."""
    if lexists(folder) or not NAME.fullmatch(str(folder)):
        return folder
    known = read_baselines(results).runs
    return results / known[str(folder)] if str(folder) in known else folder


def _keep(baselines: Baselines, results: Path) -> None:
    try:
        results.mkdir(parents=True, exist_ok=True)
        write(results / BASELINES, baselines)
    except OSError as error:
        raise BenchError(f"cannot write {results / BASELINES}: {error.strerror}") from None
