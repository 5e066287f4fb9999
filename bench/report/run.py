"""The report, rebuilt from the raw files alone: the same files give the same bytes.

To add a section: write its file with `section(run) -> Section`, then add its row to SECTIONS (what the run found) or to
CHECKS (why it may be believed). Its tables' columns are explained in glossary.py.
"""

from dataclasses import dataclass
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.learning import beside
from bench.analysis.results import Run
from bench.records.folders import read_break_evens, read_probes
from bench.records.store import Store
from bench.report import questions
from bench.report.form.document import Section
from bench.report.form.folder import PAGE, write
from bench.report.pytest_benchmark import file as benchmark_json
from bench.report.sections import (
    audit,
    conditions,
    costs,
    devices,
    facts,
    glossary,
    headline,
    learning,
    method,
    proof,
    published,
    raw,
    startup,
    steady,
    sweep,
    why,
)
from bench.report.sections import breakeven as trials
from bench.report.sections import own_models as probed

SECTIONS = (
    headline.section,
    facts.section,
    steady.section,
    startup.section,
    why.section,
    costs.section,
    sweep.over_batch_sizes,
    sweep.over_threads,
    devices.section,
)
CHECKS = (published.section, proof.section, conditions.section, audit.section, method.section)


@dataclass(frozen=True, slots=True)
class Report:
    """A report that has been written: where, and what it was made of."""

    path: Path
    run: Run
    sections: tuple[Section, ...]

    @property
    def page(self) -> Path:
        """The same as a page."""
        return self.path.with_name(PAGE)


def build(store: Store) -> Report:
    """Write report.md, report.html, tables/*.csv, plots/*.png and benchmark.json into its folder. Raises BenchError.

    A run folder may hold the folder of an `accuracy` beside its measurements: then it is part of the report.
    """
    run = analyse(store.plan, store.outcomes(), store.left_out)
    learned, tried = beside(store.folder), read_break_evens(store.folder)
    made = [section(run) for section in SECTIONS]
    probes = read_probes(store.folder)
    made += [learning.section(learned)] if learned else []
    made += [trials.section(tried)] if tried.trials else []
    made += [probed.section(probes)] if probes.probed else []
    made += [questions.section(run, learned), *(section(run) for section in CHECKS)]
    shown = tuple(section for section in made if section.parts)
    sections = (*shown, glossary.section(shown), raw.section(shown, store.raw_files))
    path = write(store.folder, "What a training step costs, by execution mode", run.plan.data_title, sections)
    benchmark_json.write(store.folder, run, learned)
    return Report(path, run, sections)
