"""The format SARIF."""

import json
from pathlib import Path

import pytest
from snippets import BAD, HEAD, checked

from bench.autograph.check.formats import FORMATS


def test_sarif_has_a_rule_for_each_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    log = json.loads(FORMATS["sarif"](checked(tmp_path)))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["AG101", "AG301"]
    assert [result["ruleId"] for result in run["results"]] == ["AG301", "AG101"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "snippet.py"
    assert place["region"] == {"startLine": 10, "startColumn": 5, "endLine": 10, "endColumn": 21}
