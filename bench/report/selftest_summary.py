"""summary.json of a self-test: overhead, false positives, slowdowns for other programs (see summary.py)."""

from dataclasses import asdict
from typing import Any

from bench.analysis.selftest import Recovery, SelfTestResult
from bench.errors import Exit
from bench.report.summary import head, interval


def document(result: SelfTestResult) -> dict[str, Any]:
    """What the file holds. Slowdowns are shares of time: 0.05 is 5 %."""
    selftest, control = result.selftest, result.control
    return {
        **head("selftest", exit_code(result), ["selftest.json"]),
        "created": selftest.created,
        "data": selftest.data_title,
        "synthetic": selftest.synthetic,
        "preset": selftest.preset,
        "mode": selftest.mode,
        "neighbour": selftest.neighbour,
        "passed": not result.problems,
        "problems": list(result.problems),
        "failures": list(result.broken),
        "timer": asdict(selftest.clock),
        "overhead": [
            {"mode": each.mode, "slice_s": each.slice_s, "loop_s": each.loop_s, "ratio": interval(each.ratio)}
            for each in result.harness
        ],
        "aa_control": {
            "runs": control.runs,
            "false_positives": control.false_positives,
            "ratio": interval(control.ratio),
        },
        "slowdowns": [_recovery(each) for each in result.recoveries],
        "repetition_sd": result.block_sd,
        "detectable": [{"repetitions": each.blocks, "slowdown": each.smallest} for each in result.resolutions],
    }


def exit_code(result: SelfTestResult) -> Exit:
    """The exit code of `selftest`: whether it passed, then whether every case ran."""
    if result.problems:
        return Exit.REGRESSION
    return Exit.CASE_FAILED if result.broken else Exit.OK


def _recovery(each: Recovery) -> dict[str, Any]:
    value, low, high = each.measured
    measured = {"value": value, "low": low, "high": high}
    return {
        "injected": each.slowdown,
        "measured": measured,
        "runs": each.runs,
        "detected": each.detected,
        "power": each.power,
    }
