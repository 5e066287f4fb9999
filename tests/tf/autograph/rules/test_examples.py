"""Each rule's examples do on the installed TensorFlow what its row says: eagerly, as a graph, under XLA."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest
from places import ROOT

from bench.autograph.rules import RULES, rule
from bench.autograph.rules.catalogue import matching
from bench.autograph.rules.demo import demonstration, run_examples
from bench.autograph.rules.outcome import fits

CODES = [one.code for one in RULES]
MODES = ("eager", "graph", "xla")
# Their examples raise no error of TensorFlow's: a warning says it, another form of the rule, or a limit of the example.
SILENT = ("AG203", "AG301", "AG401", "AG402", "AG403", "AG404", "AG604", "AG703")
Answers = dict[tuple[str, str, str], tuple[str, list[str]]]


@pytest.fixture(scope="module")
def answers() -> Answers:
    """What every example did in every mode: one process a mode, all at once."""
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": ""}
    words = [sys.executable, "-m", "bench.autograph.rules.child"]
    children = {
        mode: subprocess.Popen([*words, mode, *CODES], cwd=ROOT, stdout=PIPE, stderr=PIPE, text=True, env=environment)
        for mode in MODES
    }
    found: Answers = {}
    for mode, child in children.items():
        stdout, stderr = child.communicate()
        assert child.returncode == 0, stderr[-2000:]
        for line in stdout.splitlines():
            answer = json.loads(line)
            found[mode, answer["code"], answer["part"]] = (answer["outcome"], answer["printed"])
    return found


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("part", ["fails", "passes"])
@pytest.mark.parametrize("mode", MODES)
def test_an_example_does_what_its_row_says(answers: Answers, mode: str, part: str, code: str) -> None:
    row = rule(code)
    expected = (row.fails if part == "fails" else row.passes).of(mode)
    outcome, printed = answers[mode, code, part]
    assert fits(expected, outcome, printed), f"{outcome}; printed {printed[:3]}"


@pytest.mark.parametrize("code", [one.code for one in RULES if one.messages and one.code not in SILENT])
def test_what_tensorflow_said_leads_to_the_rule(answers: Answers, code: str) -> None:
    told = {answers[mode, code, "fails"][0] for mode in ("graph", "xla")}
    errors = [text for text in told if re.match(r"\w+Error: ", text)]
    assert errors
    for text in errors:
        assert code in [one.code for one in matching(text)]


def test_the_demonstration_shows_both_modes(answers: Answers) -> None:
    def run(mode: str, codes: list[str]) -> dict[tuple[str, str], tuple[str, list[str]]]:
        return {(code, part): answers[mode, code, part] for code in codes for part in ("fails", "passes")}

    text = "\n".join(demonstration(run))
    assert text.count("eager  printed x is tf.Tensor") == 3
    assert text.count('graph  printed x is Tensor("x:0"') == 1
    assert "only supports singleton tf.Variables" in text
    assert "unsupported operations" in text


def test_a_person_s_own_module_of_the_suite_s_name_does_not_stand_in_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bench.py").write_text("raise SystemExit('this is not the suite')\n")
    monkeypatch.chdir(tmp_path)
    _, printed = run_examples("eager", ["AG101"])["AG101", "fails"]
    assert len(printed) == 3
