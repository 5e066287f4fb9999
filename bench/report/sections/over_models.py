"""The section on several models: each mode's speedup over all of them."""

from bench.analysis.over_models import OverModels, over_models
from bench.analysis.results import Run
from bench.analysis.stats.ratios import ENOUGH_BLOCKS
from bench.report.form.document import Column, Row, Section, Table, column
from bench.report.form.wording import speedup_interval

_READING = (
    "The geometric mean of a mode's speedups, each over its own model's baseline, with its 95 % interval for these "
    "models: it says nothing of others. A model counts where the mode is valid there. Rough: fewer than "
    f"{ENOUGH_BLOCKS} repetitions in one of them."
)


def section(run: Run) -> Section:
    """One table; no parts where all groups are of one model."""
    rows = tuple(map(_row, over_models(run)))
    if not rows:
        return Section("Over models", ())
    columns = (
        column("configuration", "title", term=""),
        column("mode", "mode", term="title"),
        Column("speedup over all", lambda row: str(row["shown"]), "over_models"),
        Column("valid models", lambda row: f"{row['valid']} of {row['models']}", "valid_models"),
    )
    table = Table("over-models", columns, rows, "Speedups over all models, by mode")
    return Section(f"Over models{run.label}", (table, _READING), "Speedups over all models of this run")


def sentences(run: Run) -> list[str]:
    """One for each configuration: every mode's speedup over the models in which it is valid, the fastest first."""
    by_title: dict[str, list[OverModels]] = {}
    for each in over_models(run):
        by_title.setdefault(each.title, []).append(each)
    return [_sentence(title, found) for title, found in by_title.items() if any(map(_has_interval, found))]


def _has_interval(each: OverModels) -> bool:
    """Not where one of its models has one repetition only."""
    return each.mean is not None and each.mean.low is not None


def _sentence(title: str, found: list[OverModels]) -> str:
    valid = [each for each in found if _has_interval(each)]
    fastest_first = sorted(valid, key=lambda each: each.mean.centre if each.mean else 0.0, reverse=True)
    means = ", ".join(f"{each.mode} {speedup_interval(each.mean)}{_valid(each)}" for each in fastest_first)
    roughly = "rough " * any(each.rough for each in valid)
    return f"Over {found[0].models} models ({title}), {roughly}geometric mean vs {found[0].baseline}: {means}."


def _valid(each: OverModels) -> str:
    return "" if each.valid == each.models else f" ({each.valid} valid)"


def _row(each: OverModels) -> Row:
    return {
        "title": each.title,
        "mode": each.mode,
        "speedup": each.mean,
        "shown": speedup_interval(each.mean),
        "valid": each.valid,
        "models": each.models,
    }
