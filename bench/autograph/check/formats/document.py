"""The one JSON document of `check` and `probe`: an object with `findings`, described in docs/check.md."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bench.autograph.findings import Finding

FORMAT = 1  # of the document; raised where a field changes its meaning or is removed
FIELDS = (
    "code codes name severity evidence message file line column end_line end_column function compiled_because "
    "compiled_file compiled_line via seed_rule fix help observations"
).split()


def document(command: str, about: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    """The document: its format, the command, what else the command says, and the findings."""
    whole = {"format": FORMAT, "command": command, **about, "findings": list(findings)}
    return json.dumps(whole, indent=2, ensure_ascii=False)


def entry(finding: Finding, evidence: str, observations: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A finding as `check` predicts it; `evidence` is predicted or both, and then there are observations."""
    known = {name: None if value == "" else value for name, value in asdict(finding).items()}
    known["compiled_line"] = finding.compiled_line or None
    return filled(known | {"codes": [finding.code], "evidence": evidence, "help": help_for(finding.code)}, observations)


def filled(known: Mapping[str, Any], observations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Every field of a finding, None where it is not known."""
    every = {name: known.get(name) for name in FIELDS}
    return every | {"codes": known.get("codes") or [], "via": known.get("via") or [], "observations": [*observations]}


def help_for(code: str) -> str:
    """What to type to read about the rule."""
    return f"cifar-bench rules {code}"
