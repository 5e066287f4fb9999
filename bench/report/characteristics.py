"""Tables of the statistics' operating characteristics, as `selftest --simulate` and docs/methods.md show them."""

from collections.abc import Sequence

from bench.analysis.stats.characteristics import DIFFERENCE, Characteristic, Stopping
from bench.report.form.document import Column, Row, Table, column

_SHARES = (
    ("A/A false positives", "false_positives"),
    (f"{DIFFERENCE - 1:.0%} detected", "detected"),
    ("this run's interval contains the truth", "this_run"),
    ("interval over time contains it", "over_time"),
    ("naive: A/A false positives", "naive_false_positives"),
    (f"naive: {DIFFERENCE - 1:.0%} detected", "naive_detected"),
)


def table(characteristics: Sequence[Characteristic]) -> Table:
    """One row for each machine."""
    seconds = Column("after, on average", lambda row: f"{row['seconds']:.0f} s, {row['blocks']:.1f} repetitions")
    shares = [_share(title, key) for title, key in _SHARES]
    columns = (column("noise", "machine"), *shares[:2], seconds, *shares[2:])
    keys = ("machine", "blocks", "seconds", *(key for _, key in _SHARES))
    rows: tuple[Row, ...] = tuple({key: getattr(machine, key) for key in keys} for machine in characteristics)
    return Table("characteristics", columns, rows, "What the statistics do on simulated machines")


def stopping(goals: Sequence[Stopping]) -> Table:
    """One row for each width that was asked for."""
    columns = (
        Column("--target-ci", lambda row: f"{row['goal']:.1%}"),
        _share("interval contains the truth", "covered"),
        Column("repetitions, on average", lambda row: f"{row['blocks']:.1f}"),
    )
    rows: tuple[Row, ...] = tuple({"goal": s.goal, "covered": s.covered, "blocks": s.blocks} for s in goals)
    return Table("stopping", columns, rows, "Runs that stop by their interval")


def _share(title: str, key: str) -> Column:
    return Column(title, lambda row: f"{row[key]:.1%}")
