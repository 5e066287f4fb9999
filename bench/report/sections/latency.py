"""The section on inference: how long single calls take, and how many examples a second many calls answer."""

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import summarise
from bench.records.costs import Latency
from bench.report.form.document import Column, Row, Section, Table, column, measured
from bench.report.form.wording import grouping

_READING = (
    "Latency is the time of one call whose answer is waited for, after the timed slices: the median, and what 95 and "
    "99 of 100 calls stay within, in each repetition and then averaged. Throughput is that of the timed slices, whose "
    "calls are waited for together. For the latency of single examples run `--batch-sizes 1`. The outputs of every "
    "mode are compared with the baseline's, as losses are in training."
)
_QUANTILES = (("median_s", "median (ms)"), ("p95_s", "95th percentile (ms)"), ("p99_s", "99th percentile (ms)"))


def section(run: Run) -> Section:
    """One table; no parts where nothing answers."""
    rows = tuple(_row(group, result) for group, result in run.rows() if result.valid and _latencies(result))
    if not rows:
        return Section("", ())
    columns = (
        column("mode", "title"),
        *(measured(title, name, 1e3) for name, title in _QUANTILES),
        Column("calls", lambda row: str(row["calls_timed"]), "calls_timed"),
        measured("images/s", "images_per_s"),
    )
    table = Table("latency", columns, rows, "How long a call takes, by mode", group=grouping(run))
    return Section(f"Latency and throughput of inference{run.label}", (table, _READING), "How long single calls take")


def _row(group: GroupResult, result: CaseResult) -> Row:
    latencies = _latencies(result)
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        **{name: summarise([getattr(latency, name) for latency in latencies]) for name, _ in _QUANTILES},
        "calls_timed": sum(latency.calls for latency in latencies),
        "images_per_s": result.summary("images"),
    }


def _latencies(result: CaseResult) -> list[Latency]:
    if result.case.again:
        return []
    return [m.costs.latency for m in result.measurements if m.costs and m.costs.latency]
