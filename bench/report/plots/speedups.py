"""The speedups of a run in one figure of matplotlib, for notebooks: the pages have drawings of their own."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure


class ShownFigure(Figure):
    """One that a notebook shows, whatever it has set up for matplotlib."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=120)
        return stream.getvalue()


def figure(rows: Sequence[Mapping[str, Any]]) -> ShownFigure:
    """One point a mode that has a `speedup`, with its interval from `low` to `high`, the modes in their order."""
    shown = [row for row in rows if row["speedup"] is not None]
    drawn = ShownFigure(figsize=(7, 1.2 + 0.35 * len(shown)), layout="constrained")
    axes = drawn.add_subplot()
    centres = [row["speedup"] for row in shown]
    below = [max(0.0, row["speedup"] - (row["low"] or row["speedup"])) for row in shown]
    above = [max(0.0, (row["high"] or row["speedup"]) - row["speedup"]) for row in shown]
    labels = [f"{row['title']}, {row['model']}, batch {row['batch_size']}" for row in shown]
    axes.errorbar(centres, range(len(shown)), xerr=[below, above], fmt="o", capsize=3)
    axes.axvline(1.0, color="grey", linewidth=1)
    axes.set_yticks(range(len(shown)), labels)
    axes.set(xscale="log", xlabel="speedup over the baseline (right of 1 is faster), 95 % intervals")
    axes.invert_yaxis()
    return drawn
