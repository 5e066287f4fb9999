"""Tables of the statistics' operating characteristics, as `selftest --simulate` and docs/methods.md show them."""

from collections.abc import Sequence

from bench.analysis.stats.characteristics import DIFFERENCE, Characteristic, Stopping
from bench.report.form.document import Column, Row, Table, column

_SHARES = (
    ("interval holds the truth", "covered"),
    ("A/A called different", "false_positives"),
    (f"{DIFFERENCE - 1:.0%} found", "detected"),
    ("naive: holds the truth", "naive_covered"),
    ("naive: A/A called different", "naive_false_positives"),
    (f"naive: {DIFFERENCE - 1:.0%} found", "naive_detected"),
)


def table(characteristics: Sequence[Characteristic]) -> Table:
    """One row for each machine."""
    columns = (column("noise", "machine"), *(_share(title, key) for title, key in _SHARES))
    keys = ("machine", *(key for _, key in _SHARES))
    rows: tuple[Row, ...] = tuple({key: getattr(machine, key) for key in keys} for machine in characteristics)
    return Table("characteristics", columns, rows, "What the statistics do on simulated machines")


def stopping(goals: Sequence[Stopping]) -> Table:
    """One row for each width that was asked for."""
    columns = (
        Column("--target-ci", lambda row: f"{row['goal']:.1%}"),
        _share("interval holds the truth", "covered"),
        Column("blocks, on average", lambda row: f"{row['blocks']:.1f}"),
    )
    rows: tuple[Row, ...] = tuple({"goal": s.goal, "covered": s.covered, "blocks": s.blocks} for s in goals)
    return Table("stopping", columns, rows, "Runs that stop by their precision")


def _share(title: str, key: str) -> Column:
    return Column(title, lambda row: f"{row[key]:.1%}")
