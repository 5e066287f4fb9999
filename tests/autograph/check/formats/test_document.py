"""The JSON of `check` and `probe` is the one that docs/check.md describes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from places import ROOT
from probe_runs import TOLERANCE, a_finding, one_that_differs
from snippets import BAD, HEAD, checked

from bench.autograph.check.formats import FORMATS
from bench.autograph.probe.compare import observations
from bench.autograph.probe.document import as_json
from bench.autograph.probe.predictions import joined

OF_THE_WHOLE, OF_A_FINDING = (
    re.findall(r"^\| `(\w+)` \|", part, re.MULTILINE)
    for part in (ROOT / "docs" / "check.md").read_text().split("\nEach finding ")
)


def of_check(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "snippet.py").write_text(HEAD + BAD)
    return json.loads(FORMATS["json"](checked(tmp_path)))


def of_probe(tmp_path: Path) -> dict[str, Any]:
    runs = one_that_differs()
    found = joined([a_finding("AG101"), a_finding("AG702")], observations(runs, TOLERANCE))
    return json.loads(as_json("train.py", "drive", runs, found))


@pytest.mark.parametrize("document", [of_check, of_probe])
def test_every_finding_has_exactly_the_documented_fields(tmp_path: Path, document: Any) -> None:
    whole = document(tmp_path)
    assert whole["findings"]
    for finding in whole["findings"]:
        assert [*finding] == OF_A_FINDING
        assert finding["severity"] in ("error", "warning", "info")
        assert all(isinstance(finding[name], list) for name in ("codes", "via", "observations"))
    assert {*whole} <= {*OF_THE_WHOLE}


def test_a_probe_says_of_each_finding_whether_it_was_predicted_observed_or_both(tmp_path: Path) -> None:
    whole = of_probe(tmp_path)
    by_evidence = {finding["evidence"]: finding for finding in whole["findings"]}
    assert (whole["command"], whole["same"]) == ("probe", False)
    assert [mode["diverges"] for mode in whole["modes"]] == [False, False, True]
    assert {name: bool(finding["observations"]) for name, finding in by_evidence.items()} == {
        "both": True, "observed": True, "predicted": False,
    }  # fmt: skip
    assert by_evidence["observed"]["code"] == "AG805"
    assert by_evidence["observed"]["help"] == "cifar-bench rules AG805"
