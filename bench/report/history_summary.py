"""A history for other programs: its latest runs and their cases, and the steps among all runs (see summary.py)."""

from typing import Any

from bench.analysis.history import FoundStep, SeriesFinding
from bench.errors import Exit
from bench.report.history import HISTORY
from bench.report.history_read import History, HistoryCase, HistoryRun
from bench.report.summary import head, interval


def document(history: History) -> dict[str, Any]:
    """What `history --json` prints. Ratios are above 1 where the later runs are faster."""
    return {
        **head("history", exit_code(history), [], {"html": HISTORY}),
        "total": history.total,
        "runs": [_run(shown) for shown in history.runs.values()],
        "cases": [_case(history, case) for case in history.cases],
        "steps": [_step(history, each, step) for each in history.found for step in each.finding.steps],
        "warnings": [
            *(f"not shown: {text}" for text in history.broken),
            *(f"{shown.run.name}: left out: {text}" for shown in history.runs.values() for text in shown.run.left_out),
        ],
    }


def exit_code(history: History) -> Exit:
    """The exit code of `history`: whether every run could be read, and whole."""
    return Exit.CASE_FAILED if history.broken or history.damaged else Exit.OK


def _run(shown: HistoryRun) -> dict[str, Any]:
    run = shown.run
    return {
        "number": shown.number,
        "folder": shown.path,
        "created": run.created,
        "data": run.data,
        "repetitions": run.blocks,
        "environment": dict(run.environment),
    }


def _case(history: History, case: HistoryCase) -> dict[str, Any]:
    return {
        "run": history.runs[case.run].number,
        "group": case.group,
        "mode": case.mode,
        "title": case.title,
        "verdict": case.verdict,
        "repetitions": case.blocks,
        "step_s": interval(case.step),
        "speedup": interval(case.speedup),
    }


def _step(history: History, each: SeriesFinding, step: FoundStep) -> dict[str, Any]:
    return {
        "run": history.named[step.run].number,
        "folder": history.named[step.run].path,
        "group": each.series.group,
        "title": each.series.title,
        "what": each.what,
        "ratio": interval(step.ratio),
        "p": step.p,
        "earliest": history.named[step.earliest].number,
        "latest": history.named[step.latest].number,
    }
