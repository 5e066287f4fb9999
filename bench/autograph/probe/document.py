"""A probe as JSON: the document of `check` with the modes, and with what was observed beside what was predicted."""

from collections.abc import Sequence
from typing import Any

import msgspec

from bench.autograph.check.formats.document import document, entry, filled, help_for
from bench.autograph.probe.predictions import ProbeFinding
from bench.autograph.probe.records import ModeRun
from bench.autograph.probe.text import diverging
from bench.autograph.rules import RULES

_FIELDS = ("mode", "raised", "limit", "unconverted", "unread", "libraries")  # of a mode


def as_json(file: str, driver: str, runs: Sequence[ModeRun], findings: Sequence[ProbeFinding]) -> str:
    """The document, with `file`, `driver`, `same` (did every mode do what the first one did?) and `modes`."""
    about = {
        "file": file,
        "driver": driver,
        "same": not any(diverging(run.mode, findings) for run in runs[1:]),
        "modes": [_mode(run, bool(diverging(run.mode, findings))) for run in runs],
    }
    return document("probe", about, [_finding(finding) for finding in findings])


def _mode(run: ModeRun, diverges: bool) -> dict[str, Any]:
    fields = {name: msgspec.to_builtins(getattr(run, name)) for name in _FIELDS}
    functions = [{**msgspec.to_builtins(function), "results": len(function.results)} for function in run.functions]
    return {**fields, "diverges": diverges, "printed_lines": len(run.stdout) + len(run.stderr), "functions": functions}


def _finding(found: ProbeFinding) -> dict[str, Any]:
    observations = [msgspec.to_builtins(observation) for observation in found.observations]
    if found.finding:
        return entry(found.finding, found.evidence, observations)
    return filled(_observed(found) | {"evidence": found.evidence}, observations)


def _observed(found: ProbeFinding) -> dict[str, Any]:
    """What an observation says by itself; its rule where only one can be the cause."""
    codes, observation = found.codes, found.observations[0]
    row = next((row for row in RULES if (row.code,) == codes), None)
    of_rule = {"code": row.code, "name": row.name, "seed_rule": row.seed, "fix": row.fix} if row else {}
    return {
        **of_rule,
        "codes": [*codes],
        "severity": row.severity if row else "error" if observation.diverges else "info",
        "message": observation.text,
        "file": observation.file or None,
        "line": observation.line or None,
        "function": observation.function or None,
        "help": help_for(row.code) if row else None,
    }
