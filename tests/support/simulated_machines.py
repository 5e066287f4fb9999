"""Keeps what the statistics do on simulated machines: `python simulated_machines.py FOLDER`, some two minutes.

FOLDER/tables.md gets the tables that `cifar-bench selftest --simulate` prints, and docs/methods.md shows them.
"""

import sys
from pathlib import Path

from replay import row

from bench.analysis.stats import characteristics
from bench.analysis.stats.characteristics import UNTIMED_S
from bench.analysis.stats.over_time import ASSUMED
from bench.analysis.stats.simulation import MACHINES
from bench.commands.selftest import GOALS, SIMULATED_RUNS
from bench.report.characteristics import stopping, table
from bench.report.form.document import Table


def lines(of: Table) -> list[str]:
    """A table as Markdown."""
    head = [column.title for column in of.columns]
    return [row(*cells) for cells in (head, ["---"] * len(head), *of.cells())]


def main() -> None:
    machines = [characteristics.characterise(machine, SIMULATED_RUNS) for machine in MACHINES]
    goals = [characteristics.stopped(MACHINES[-1], goal, SIMULATED_RUNS) for goal in GOALS]
    kept = max(machine.kept for machine in MACHINES)
    said = (
        f"{SIMULATED_RUNS:,} runs of `standard` for each share; blocks autocorrelated by {kept}; an assumed run-to-run "
        f"spread of {100 * ASSUMED.tau:.1f} %; {UNTIMED_S:g} s of a repetition are not timed; seed 0."
    )
    parts = ("# Simulated machines", said, *("\n".join(lines(each)) for each in (table(machines), stopping(goals))))
    (Path(sys.argv[1]) / "tables.md").write_text("\n\n".join(parts) + "\n")


if __name__ == "__main__":
    main()
