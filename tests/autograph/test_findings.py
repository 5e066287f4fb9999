"""The records of a check's result."""

from probe_runs import a_finding

from bench.autograph.findings import CheckResult


def test_findings_are_counted_by_severity() -> None:
    result = CheckResult((a_finding("AG301"), a_finding("AG302")), 1)
    assert (result.count("error"), result.count("info")) == (2, 0)
