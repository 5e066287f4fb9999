"""Writes a report to its folder: report.md, report.html, tables/*.csv and plots/*.svg, next to the raw files.

Every file is written apart and put in its place whole: whoever reads, or a crash, never sees half of one.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.errors import BenchError
from bench.records.paths import inside
from bench.report.form import page
from bench.report.form.card import Cover
from bench.report.form.document import Figure, Section, Table, csv, markdown
from bench.report.plots.png import save
from bench.report.plots.scene import WIDE
from bench.report.plots.svg import standalone

PAGE = "report.html"
PLACES = ("tables", "plots")
DRAFTS = ".report-"  # the folder that files are drafted in
OLD_S = 3600.0


def write(
    folder: Path,
    cover: Cover,
    sections: Sequence[Section],
    beside: Sequence[Table] = (),
    others: Mapping[str, str] | None = None,
    png: bool = False,
) -> Path:
    """Write all files; returns the path of report.md. Raises BenchError where it cannot.

    `beside`: tables that are written as files alone. `others`: the texts of other files, by
    name. `png`: also draw the figures as plots/*.png.
    """
    with drafts(folder) as draft:
        _draft_parts(draft, cover.data, sections)
        for figure in _figures(sections) if png else ():
            save(figure.drawing(WIDE), draft / figure.png)
        for table in beside:
            _draft_table(draft, table, cover.data)
        for name, text in (others or {}).items():
            _draft(draft / name, text)
        _draft(draft / PAGE, page.html(cover, sections))
        _draft(draft / "report.md", markdown(cover, sections))
    return folder / "report.md"


@contextmanager
def drafts(folder: Path) -> Iterator[Path]:
    """A folder to write files in, which are put in their places when the with-block ends well; else nothing is changed.

    Tables and plots of an earlier report go then. Raises BenchError where the folder cannot be written, or a link in it
    leads elsewhere.
    """
    try:
        for place in PLACES:
            inside(folder, folder / place).mkdir(exist_ok=True)
        _remove_drafts_left_behind(folder)
        with tempfile.TemporaryDirectory(prefix=DRAFTS, dir=folder) as name:
            for place in PLACES:
                Path(name, place).mkdir()
            yield Path(name)
            _put(Path(name), folder)
    except OSError as error:
        raise BenchError(f"cannot write the report into {folder}: {error.strerror}") from None


def _remove_drafts_left_behind(folder: Path) -> None:
    """Those of processes that were killed; young ones are being written."""
    for draft in folder.glob(f"{DRAFTS}*"):
        if time.time() - draft.lstat().st_mtime > OLD_S:
            shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> None:
    """The page and report.md last, for they name the others."""
    files = sorted(draft.rglob("*.*"), key=lambda file: file.parent == draft)
    made = {file.relative_to(draft) for file in files}
    for name in sorted(made, key=lambda name: (len(name.parts) == 1, name)):
        os.replace(draft / name, folder / name)
    for file in (*folder.glob("tables/*.csv"), *folder.glob("plots/*.svg"), *folder.glob("plots/*.png")):
        if file.relative_to(folder) not in made:  # a case may have failed, or turned out invalid, since
            file.unlink(missing_ok=True)


def _draft(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", errors="backslashreplace")


def _draft_table(draft: Path, table: Table, data: str) -> None:
    _draft(draft / table.file, csv(table, data))


def _draft_parts(draft: Path, data: str, sections: Sequence[Section]) -> None:
    """Write tables and figures."""
    for table in (part for section in sections for part in section.parts if isinstance(part, Table)):
        _draft_table(draft, table, data)
    for figure in _figures(sections):
        _draft(draft / figure.file, standalone(figure.drawing(WIDE), figure.alt))


def _figures(sections: Sequence[Section]) -> list[Figure]:
    return [part for section in sections for part in section.parts if isinstance(part, Figure)]
