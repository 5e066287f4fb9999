"""The report, rebuilt from the raw files alone: the same files give the same bytes.

To add a section: write its file with `section(run) -> Section`, then add its row to SECTIONS.
"""

from dataclasses import dataclass
from pathlib import Path

from bench.analysis import Run, analyse
from bench.autograph.probe_models import read_probes
from bench.learning import beside
from bench.report import (
    benchmark_json,
    conditions,
    costs,
    facts,
    headline,
    learning,
    method,
    probed,
    proof,
    startup,
    steady,
    sweep,
    trials,
    why,
)
from bench.report.document import Section
from bench.report.folder import write
from bench.store import Store
from bench.trial import read_trials

SECTIONS = (
    headline.section,
    facts.section,
    steady.section,
    why.section,
    sweep.over_batch_sizes,
    sweep.over_threads,
    startup.section,
    costs.section,
    proof.section,
    conditions.section,
    method.section,
)


@dataclass(frozen=True, slots=True)
class Report:
    """A report that has been written: where, and what it was made of."""

    path: Path
    run: Run
    sections: tuple[Section, ...]


def build(store: Store) -> Report:
    """Write report.md, tables/*.csv, plots/*.png and benchmark.json into the run folder. Raises BenchError.

    A run folder may hold the folder of an `accuracy` beside its measurements: then it is part of the report.
    """
    run = analyse(store.plan, store.outcomes())
    made = [section(run) for section in SECTIONS]
    sections = tuple(section for section in made if section.parts)
    if learned := beside(store.folder):
        sections = (*sections[:-2], learning.section(learned), *sections[-2:])
    if (tried := read_trials(store)).trials:
        sections = (*sections[:-2], trials.section(tried), *sections[-2:])
    if (probes := read_probes(store)).probed:
        sections = (*sections[:-2], probed.section(probes), *sections[-2:])
    path = write(store.folder, "What a training step costs, by execution mode", run.plan.data_title, sections)
    benchmark_json.write(store.folder, run, learned)
    return Report(path, run, sections)
