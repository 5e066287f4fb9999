"""The kept file of how far honest modes are apart: no check refuses any of them, and the documentation shows it."""

import csv

from places import ROOT

FILE = ROOT / "results" / "sample-honest-differences" / "differences.csv"
LINES = list(csv.DictReader(FILE.read_text().splitlines()))

# Nearly: the cached mode runs the same program as `xla`.
NEARLY_ALL = {
    "function", "function_unconverted", "function_loop", "xla", "autocluster", "keras_fit", "keras_jit", "keras_eager",
    "custom_loop", "custom_loop_function",
}  # fmt: skip
OURS = ("mlp", "tutorial_cnn", "resnet9")  # a TF1 graph needs a model in plain TensorFlow
LARGE = ("mobilenet", "resnet9")  # an XLA loop of which takes minutes for each configuration


def test_no_honest_mode_is_refused() -> None:
    assert {line["model"] for line in LINES} >= {"mlp", "tutorial_cnn", "normalised", "attention", "mobilenet"}
    assert [line for line in LINES if line["reasons"] != "0" or float(line["replay"]) != 0.0] == []


def test_each_model_was_measured_in_all_its_modes_at_three_batch_sizes_from_five_seeds() -> None:
    for model in dict.fromkeys(line["model"] for line in LINES):
        modes = dict[tuple[str, str], set[str]]()
        for line in LINES:
            if line["model"] == model:
                modes.setdefault((line["batch"], line["seed"]), set()).add(line["mode"])
        every = set().union(*modes.values())
        some = ({"graph"} if model in OURS else set()) | ({"xla_loop"} if model not in LARGE else set())
        assert every == NEARLY_ALL | some, model
        complete = {key for key, found in modes.items() if found == every}
        assert len({batch for batch, _ in complete}) == 3, model
        assert len(complete) == 15, model


def test_the_documentation_shows_the_largest_differences() -> None:
    text = (ROOT / "docs" / "methods.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    for model in dict.fromkeys(line["model"] for line in LINES):
        lines = [line for line in LINES if line["model"] == model]
        largest = max(float(line["first_units"]) for line in lines)
        assert any(row.startswith(f"| {model} | {len(lines)} | {largest:.2g} |") for row in rows), model
