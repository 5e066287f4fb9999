"""The formats for programs: JSON and GitHub."""

import json
from pathlib import Path

from snippets import BAD, HEAD, checked

from bench.autograph.check.formats import FORMATS
from bench.autograph.findings import CheckResult


def test_json_is_an_object_with_the_findings(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    whole = json.loads(FORMATS["json"](checked(tmp_path)))
    first, second = whole["findings"]
    assert (whole["format"], whole["command"], whole["files"]) == (1, "check", 1)
    assert (first["code"], first["line"], first["evidence"]) == ("AG301", 10, "predicted")
    assert (first["codes"], first["help"], first["via"]) == (["AG301"], "cifar-bench rules AG301", [])
    assert second["via"] == ["step"]


def test_without_a_finding_json_is_an_object_too() -> None:
    assert json.loads(FORMATS["json"](CheckResult((), 2)))["findings"] == []


def test_github_escapes_what_its_commands_would_take_for_their_own(tmp_path: Path) -> None:
    (tmp_path / "a,b.py").write_text(HEAD + BAD)
    line = FORMATS["github"](checked(tmp_path)).splitlines()[0]
    assert line.startswith("::error file=")
    assert "a%2Cb.py,line=10,endLine=10,col=5,endColumn=21,title=AG301" in line
