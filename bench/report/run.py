"""The report of a run, built from its raw files alone: the same files give the same bytes.

To add a section: write its file with `section(run) -> Section`, then add its row to SECTIONS (results) or to CHECKS
(evidence for them). Its summary is the line that the page folds it to;
its tables' columns are explained in glossary.py.
"""

from dataclasses import dataclass
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.learning import Learning, learning_beside
from bench.analysis.results import Run
from bench.records.folders import read_break_evens, read_probes
from bench.records.store import Store
from bench.report import cover, questions, summary
from bench.report.form.document import Section
from bench.report.form.folder import PAGE, write
from bench.report.pytest_benchmark import file as benchmark_json
from bench.report.sections import (
    answer,
    audit,
    breakeven,
    conditions,
    costs,
    devices,
    facts,
    glossary,
    headline,
    latency,
    learning,
    method,
    operations,
    over_models,
    own_models,
    p_values,
    peers,
    proof,
    published,
    raw,
    replicas,
    startup,
    steady,
    sweep,
    timeline,
    traces,
    why,
)

SECTIONS = (
    latency.section,
    over_models.section,
    sweep.over_batch_sizes,
    sweep.over_threads,
    steady.by_case,
    devices.section,
    replicas.strong,
    replicas.weak,
    peers.section,
    startup.section,
    why.section,
    operations.section,
    costs.section,
    timeline.section,
    traces.section,
    p_values.section,
)
CHECKS = (published.section, proof.section, conditions.section, audit.section, method.section)


@dataclass(frozen=True, slots=True)
class Report:
    """A report that has been written: the path of report.md, and what it was made of."""

    path: Path
    run: Run
    sections: tuple[Section, ...]
    trainings: Learning | None = None

    @property
    def page(self) -> Path:
        """The path of report.html."""
        return self.path.with_name(PAGE)


def build(store: Store, slices: bool = False, png: bool = False) -> Report:
    """Write report.md, report.html, tables, plots, benchmark.json and summary.json into its folder. Raises BenchError.

    Where the run's folder holds that of an `accuracy`, its trainings are part of the report.
    `slices`: also tables/slices.csv, a row a slice. `png`: the figures also as PNG.
    """
    store = store.read_again()  # what this process keeps counts as a later reader finds it
    run = analyse(store.plan, store.outcomes(), store.left_out)
    trainings = learning_beside(store.folder)
    sections = _sections(store, run, trainings)
    beside = [steady.slices(run)] if slices else []
    others = {
        benchmark_json.NAME: benchmark_json.text(run, trainings),
        summary.NAME: summary.text(run, trainings, store.raw_files),
    }
    path = write(store.folder, cover.of_run(run), sections, beside, others, png)
    return Report(path, run, sections, trainings)


def _sections(store: Store, run: Run, trainings: Learning | None) -> tuple[Section, ...]:
    """The sections that have any part, in order."""
    trials, probes = read_break_evens(store.folder), read_probes(store.folder)
    every = [
        answer.section(run, trainings),
        facts.section(run),
        headline.section(run),
        *([learning.section(trainings)] if trainings else []),
        *(section(run) for section in SECTIONS),
        *([breakeven.section(trials)] if trials.trials else []),
        *([own_models.section(probes)] if probes.probed else []),
        questions.section(run, trainings),
        *(section(run) for section in CHECKS),
    ]
    filled = tuple(section for section in every if section.parts)
    return (*filled, glossary.section(filled), raw.section(filled, store.raw_files))
