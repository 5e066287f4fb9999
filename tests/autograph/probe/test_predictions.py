"""What a probe observed, joined with what `check` predicts."""

from dataclasses import replace
from pathlib import Path

import pytest
from probe_runs import a_finding

from bench.autograph.findings import Finding
from bench.autograph.probe.observation import Observation
from bench.autograph.probe.predictions import joined, predicted


def test_of_a_model_without_source_nothing_is_predicted(tmp_path: Path) -> None:
    (tmp_path / "net.so").write_bytes(b"\x7fELF")
    assert predicted(tmp_path / "net.so") == ()


def an_observation(*codes: str, name: str = "", kind: str = "state", function: str = "") -> Observation:
    return Observation(kind, ("graph",), "seen", codes, function, name=name)


@pytest.mark.parametrize(
    ("finding", "seen", "evidence"),
    [
        (a_finding("AG301", "outer list `losses` changes"), an_observation("AG301", name="losses"), ["both"]),
        (
            a_finding("AG301", "outer list `losses` changes"),
            an_observation("AG301", name="other"),
            ["observed", "predicted"],
        ),
        (a_finding("AG702"), an_observation("AG702", "AG703", function="Net.step"), ["both"]),
        (a_finding("AG702", function="other"), an_observation("AG702", function="step"), ["observed", "predicted"]),
        (a_finding("AG401", function="drive"), an_observation("AG401", function="step"), ["both"]),
    ],
)
def test_a_finding_and_what_was_seen_are_joined_by_rule_and_name(
    finding: Finding, seen: Observation, evidence: "list[str]"
) -> None:
    assert [one.evidence for one in joined([finding], [seen])] == evidence


def test_an_exception_s_message_names_its_rule() -> None:
    seen = replace(an_observation(kind="exception"), text="ValueError: f should not modify its Python input arguments.")
    (one,) = joined([], [seen])
    assert one.codes == ("AG304",)
