"""The format SARIF 2.1.0 for code scanning services (OASIS standard, sections 3.13 to 3.30)."""

import json
import os
from pathlib import Path
from typing import Any

from bench.autograph.findings import CheckResult, Finding

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def sarif(checked: CheckResult, root: Path) -> str:
    """One run with its rules and results. Paths under `root` are relative to it."""
    by_code = {finding.code: finding for finding in checked.findings}
    driver = {
        "name": "cifar-bench check",
        "rules": [
            {
                "id": code,
                "name": finding.name,
                "help": {"text": finding.fix},
                "shortDescription": {"text": finding.name},
            }
            for code, finding in sorted(by_code.items())
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, root) for finding in checked.findings],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _result(finding: Finding, root: Path) -> dict[str, Any]:
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endLine": finding.end_line,
        "endColumn": finding.end_column,
    }
    location = {"artifactLocation": {"uri": _uri(finding.file, root)}, "region": region}
    return {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}; fix: {finding.fix}"},
        "locations": [{"physicalLocation": location}],
    }


def _uri(file: str, root: Path) -> str:
    path = Path(os.path.realpath(file))  # resolve() raises for a link that leads to itself
    return path.relative_to(root.resolve()).as_posix() if path.is_relative_to(root.resolve()) else path.as_uri()
