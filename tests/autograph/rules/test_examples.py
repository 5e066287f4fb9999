"""Each rule has a row, tests and an example whose one half breaks it, and nothing else; the other half is clean."""

import ast
import re
from pathlib import Path

import pytest
from places import ROOT

from bench.autograph.check.check import check
from bench.autograph.check.settings import Settings
from bench.autograph.findings import Finding
from bench.autograph.rules import RULES, rule
from bench.autograph.rules.rule import SEVERITIES

EXAMPLES = ROOT / "bench" / "autograph" / "rules" / "examples"
CODES = [one.code for one in RULES]


def findings_by_half(code: str) -> tuple[list[Finding], list[Finding]]:
    path = EXAMPLES / f"{code.lower()}.py"
    halves = {node.name: node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)}
    found = check([path], Settings(), RULES).findings
    start = halves["passes"].lineno
    assert halves["fails"].lineno < start
    return [one for one in found if one.line < start], [one for one in found if one.line >= start]


@pytest.mark.parametrize("code", CODES)
def test_the_example_breaks_its_rule_and_no_other(code: str) -> None:
    fails, passes = findings_by_half(code)
    assert {finding.code for finding in fails} == {code}
    assert passes == []


@pytest.mark.parametrize("code", CODES)
def test_every_row_says_what_to_do(code: str) -> None:
    row = rule(code)
    assert row.severity in SEVERITIES
    assert row.check is not None
    assert row.coverage.startswith("static")
    assert all(len(text) > 10 for text in (row.summary, row.why, row.fix))
    for pattern in row.messages:
        re.compile(pattern)


def test_codes_and_names_are_not_used_twice() -> None:
    assert len(set(CODES)) == len({one.name for one in RULES}) == len(CODES) == 54


def test_the_tutorials_rules_are_the_first_families() -> None:
    seeds = {one.code: one.seed for one in RULES if one.seed}
    assert all(int(code[2]) == seed for code, seed in seeds.items())
    assert set(seeds.values()) == {1, 2, 3}


def test_every_example_has_a_rule() -> None:
    assert {path.stem.upper() for path in EXAMPLES.glob("ag*.py")} == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_rule_is_found_in_more_than_one_spelling(code: str) -> None:
    family = {path.read_text() for path in Path(__file__).parent.glob("test_ag*.py")}
    assert sum(text.count(f"#! {code}") for text in family) >= 2
