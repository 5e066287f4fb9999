"""The kept file of how far honest modes are apart: no check refuses any of them, and the documentation shows it."""

import csv

from places import ROOT

FILE = ROOT / "results" / "sample-honest-differences" / "differences.csv"


def test_no_honest_mode_is_refused() -> None:
    lines = list(csv.DictReader(FILE.open()))
    assert {line["model"] for line in lines} >= {"mlp", "tutorial_cnn", "normalised", "attention", "mobilenet"}
    assert [line for line in lines if line["reasons"] != "0" or float(line["replay"]) != 0.0] == []


def test_the_documentation_shows_the_largest_differences() -> None:
    text = (ROOT / "docs" / "methods.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for model in dict.fromkeys(line["model"] for line in csv.DictReader(FILE.open())):
        lines = [line for line in csv.DictReader(FILE.open()) if line["model"] == model]
        largest = max(float(line["first_units"]) for line in lines)
        assert any(row.startswith(f"| {model} | {len(lines)} | {largest:.2g} |") for row in rows), model
