"""The formats for programs: JSON and GitHub."""

import json
from pathlib import Path

from snippets import BAD, HEAD, checked

from bench.autograph.check.formats import FORMATS


def test_json_holds_every_field(tmp_path: Path) -> None:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    first, second = json.loads(FORMATS["json"](checked(tmp_path)))
    assert (first["code"], first["line"], first["evidence"]) == ("AG301", 10, "predicted")
    assert second["via"] == ["step"]


def test_github_escapes_what_its_commands_would_take_for_their_own(tmp_path: Path) -> None:
    (tmp_path / "a,b.py").write_text(HEAD + BAD)
    line = FORMATS["github"](checked(tmp_path)).splitlines()[0]
    assert line.startswith("::error file=")
    assert "a%2Cb.py,line=10,endLine=10,col=5,endColumn=21,title=AG301" in line
