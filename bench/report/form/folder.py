"""Writes a report to its folder: report.md, report.html, tables/*.csv and plots/*.png, next to the raw files."""

from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError
from bench.report.form import page
from bench.report.form.document import Figure, Section, Table, csv, markdown

PAGE = "report.html"


def write(folder: Path, title: str, data: str, sections: Sequence[Section], beside: Sequence[Table] = ()) -> Path:
    """Write all files; returns the path of report.md. Raises BenchError where it cannot.

    `data` names the images. `beside`: tables that are written as files alone.
    """
    try:
        drawings = _write_parts(folder, data, sections)
        for table in beside:
            _write_table(folder, table, data)
        (folder / "report.md").write_text(markdown(title, sections), encoding="utf-8")
        (folder / PAGE).write_text(page.html(title, data, sections, drawings), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"cannot write the report into {folder}: {error.strerror}") from None
    return folder / "report.md"


def _write_table(folder: Path, table: Table, data: str) -> None:
    (folder / "tables" / f"{table.name}.csv").write_text(csv(table, data), encoding="utf-8")


def _write_parts(folder: Path, data: str, sections: Sequence[Section]) -> dict[str, str]:
    """Write tables and figures, each figure drawn once; returns each one's SVG by its name, for the page."""
    (folder / "tables").mkdir(exist_ok=True)
    (folder / "plots").mkdir(exist_ok=True)
    for stale in (*folder.glob("tables/*.csv"), *folder.glob("plots/*.png")):
        stale.unlink(missing_ok=True)  # a case may have failed, or turned out invalid, only in an earlier report
    drawings: dict[str, str] = {}
    for part in (part for section in sections for part in section.parts):
        if isinstance(part, Table):
            _write_table(folder, part, data)
        elif isinstance(part, Figure):
            drawings[part.name] = part.draw(folder / "plots" / f"{part.name}.png")
    return drawings
