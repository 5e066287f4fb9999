"""What a check found, as a record that every output format is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that breaks a rule. Lines and columns count from 1, as editors do; `end_column` is one past the end.

    `compiled_because` says what compiles the function, `compiled_line` where; `via` are the functions that lead to it.
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
    """All that a check found, in the order of files and lines."""

    findings: tuple[Finding, ...]
    files: int

    def count(self, severity: str) -> int:
        """How many are of this severity."""
        return sum(finding.severity == severity for finding in self.findings)
