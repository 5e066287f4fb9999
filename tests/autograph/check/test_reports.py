"""Public reports, each reduced to a file: what `check` says of it."""

import pytest
from places import SUPPORT
from snippets import checked

REPORTS = SUPPORT / "reports"
FOUND = {
    "lambda_list": [("AG310", "error", 10)],
    "dataset_accumulator": [],
    "int8_abs_xla": [],
    "squeeze_where_xla": [],
    "bound_method": [("AG403", "warning", 24)],
    "tensor_key": [("AG511", "error", 9)],
    "list_or_tensor": [("AG305", "info", 10)],
    "frozen_late": [("AG708", "warning", 27)],
    "moments_xla": [],
    "varlen_predict": [],
    "repeat_tensor_xla": [],
    "clean_map": [],
    "return_history": [],
}


@pytest.mark.parametrize("name", FOUND)
def test_a_report_s_line_is_found_with_its_rule_and_nothing_else(name: str) -> None:
    found = checked(REPORTS / f"{name}.py").findings
    assert [(one.code, one.severity, one.line) for one in found] == FOUND[name]


def test_every_report_has_its_finding_written_down() -> None:
    assert {path.stem for path in REPORTS.glob("*.py")} == set(FOUND)
