"""What `compare_modes` gives: the table, the verdict and a figure of a run, and how a notebook shows it."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

    from bench.report.run import Report


_AS_THEY_ARE = ("model", "batch_size", "device", "mode", "title", "verdict", "reason", "error")


class ModesResult:
    """The results of a run: `folder` has the report, its tables and the raw measurements."""

    def __init__(self, report: "Report") -> None:
        self._report = report
        self.folder: Path = report.path.parent
        self.page: Path = report.page

    @property
    def table(self) -> "pandas.DataFrame":
        """A row a mode: times in seconds, speedups over the baseline (above 1 is faster) with 95 % intervals."""
        import pandas

        rows = [_row(case) for case in self.summary["cases"]]
        return pandas.DataFrame(rows)

    @property
    def summary(self) -> dict[str, Any]:
        """All results as in summary.json."""
        from bench.report import summary

        document = summary.document(self._report.run, self._report.trainings, ())
        return document | {"folder": str(self.folder)}

    @property
    def verdict(self) -> str:
        """What to use, and how sure that is."""
        from bench.commands.run_result import verdict_lines

        run = self._report.run
        several = len(run.groups) > 1
        return "\n".join(
            f"{group.title}: {line}" if several else line for group in run.groups for line in verdict_lines(run, group)
        )

    def figure(self) -> Any:
        """A matplotlib Figure: the speedups with their 95 % intervals, the modes one above the other."""
        from bench.report.plots.speedups import figure

        return figure([_row(case) for case in self.summary["cases"]])

    def __repr__(self) -> str:
        return f"{self.verdict}\n{self.page}"

    def _repr_html_(self) -> str:
        """The verdict and the table of each group, as a notebook shows them."""
        from bench.commands.run_result import table, title, verdict_lines

        run, parts = self._report.run, list[str]()
        for group in run.groups:
            grid = table(group, self._report.trainings)
            lines = "<br>".join(map(escape, verdict_lines(run, group)))
            parts += [f"<h4>{escape(title(run, group))}</h4><p><b>{lines}</b></p>", _html(grid.titles, grid.rows)]
        return "".join(parts)


def _row(case: dict[str, Any]) -> dict[str, Any]:
    speedup, step = case["speedup"] or {}, case["step_s"] or {}
    low, high = speedup.get("over_time") or speedup.get("this_run") or (None, None)
    return {
        **{
            name: case[name]
            for name in ("model", "batch_size", "device", "mode", "title", "verdict", "reason", "error")
        },
        "speedup": speedup.get("value"),
        "low": low,
        "high": high,
        "step_s": step.get("value"),
        "startup_s": (case["startup_s"] or {}).get("value"),
        "break_even_steps": (case["break_even_steps"] or {}).get("value"),
    }


def _html(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(title)}</th>" for title in titles)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
