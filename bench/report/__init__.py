"""The report, rebuilt from the raw files alone: the same files give the same bytes.

To add a section: write its file with `section(run) -> Section`, then add its row to SECTIONS.
"""

from dataclasses import dataclass
from pathlib import Path

from bench.analysis import Run, analyse
from bench.errors import BenchError
from bench.report import conditions, headline, method, proof, startup, steady
from bench.report.document import Figure, Section, Table, csv, markdown
from bench.store import Store

SECTIONS = (headline.section, steady.section, startup.section, proof.section, conditions.section, method.section)


@dataclass(frozen=True, slots=True)
class Report:
    """A report that has been written: where, and what it was made of."""

    path: Path
    run: Run
    sections: tuple[Section, ...]


def build(store: Store) -> Report:
    """Write report.md, tables/*.csv and plots/*.png into the run folder. Raises BenchError where it cannot."""
    run = analyse(store.plan, store.outcomes())
    sections = tuple(section(run) for section in SECTIONS)
    try:
        _write(store.folder, run.plan.data_title, sections)
    except OSError as error:
        raise BenchError(f"cannot write the report into {store.folder}: {error.strerror}") from None
    return Report(store.folder / "report.md", run, sections)


def _write(folder: Path, data: str, sections: tuple[Section, ...]) -> None:
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "plots").mkdir(exist_ok=True)
    for stale in (*folder.glob("tables/*.csv"), *folder.glob("plots/*.png")):
        stale.unlink()  # a case may have failed, or turned out invalid, only in an earlier report
    for part in (part for section in sections for part in section.parts):
        if isinstance(part, Table):
            (folder / "tables" / f"{part.name}.csv").write_text(csv(part, data), encoding="utf-8")
        elif isinstance(part, Figure):
            part.draw(folder / "plots" / f"{part.name}.png")
    (folder / "report.md").write_text(markdown("What a training step costs, by execution mode", sections), "utf-8")
