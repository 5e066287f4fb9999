"""The records of a check's result, from which every output format is made."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that breaks a rule. Lines and columns count from 1, as in editors; `end_column` is one past the end.

    `compiled_because` says what compiles the function, `compiled_line` where; `via` are the callers in between.
    """

    code: str
    name: str
    severity: str
    seed_rule: int | None
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    function: str = ""
    compiled_because: str = ""
    compiled_file: str = ""
    compiled_line: int = 0
    via: tuple[str, ...] = ()
    fix: str = ""
    source: tuple[tuple[int, str], ...] = ()  # the lines around it, with their numbers


@dataclass(frozen=True, slots=True)
class CheckResult:
    """All findings of a check, sorted by file and line, and the number of files checked."""

    findings: tuple[Finding, ...]
    files: int

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)
