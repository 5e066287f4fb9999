"""The output formats of a check, one file per format."""

from collections.abc import Callable
from pathlib import Path

from bench.autograph.check.formats import full, machine, sarif
from bench.autograph.findings import CheckResult

FORMATS: dict[str, Callable[[CheckResult], str]] = {
    "full": full.full,
    "concise": full.concise,
    "json": machine.as_json,
    "github": machine.github,
    "sarif": lambda checked: sarif.sarif(checked, Path.cwd()),
}
