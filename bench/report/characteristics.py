"""What the statistics do on simulated machines, as tables: `selftest --simulate`, and the numbers of METHODS.md."""

from collections.abc import Sequence

from bench.analysis.stats.characteristics import DIFFERENCE, Characteristic, Stopping
from bench.report.form.document import Column, Row, Table, column

_SHARES = (
    ("interval holds the truth", "covered"),
    ("A/A called different", "alarms"),
    (f"{DIFFERENCE - 1:.0%} found", "found"),
    ("naive: holds the truth", "naive_covered"),
    ("naive: A/A called different", "naive_alarms"),
    (f"naive: {DIFFERENCE - 1:.0%} found", "naive_found"),
)


def table(found: Sequence[Characteristic]) -> Table:
    """One row a machine."""
    columns = (column("noise", "machine"), *(_share(title, key) for title, key in _SHARES))
    rows: tuple[Row, ...] = tuple(
        {key: getattr(row, key) for key in ("machine", *(k for _, k in _SHARES))} for row in found
    )
    return Table("characteristics", columns, rows, "What the statistics do on simulated machines")


def stopping(found: Sequence[Stopping]) -> Table:
    """One row a precision that was asked for."""
    columns = (
        Column("--precision", lambda row: f"{row['goal']:.1%}"),
        _share("interval holds the truth", "covered"),
        Column("blocks, on average", lambda row: f"{row['blocks']:.1f}"),
    )
    rows: tuple[Row, ...] = tuple({"goal": s.goal, "covered": s.covered, "blocks": s.blocks} for s in found)
    return Table("stopping", columns, rows, "Runs that stop by their precision")


def _share(title: str, key: str) -> Column:
    return Column(title, lambda row: f"{row[key]:.1%}")
