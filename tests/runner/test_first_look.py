"""The first look at own models: what is wrong with one is a line, before there is a folder; mostly at once."""

import sys
from pathlib import Path

import pytest
from builders import a_case, a_plan
from command_line import bench, the_line

from bench.errors import BenchError
from bench.records.run import Plan
from bench.runner.first_look import fault_in_source, refuse_broken

M2 = """
import nonsense_module
from elsewhere import borrowed

def make_net():
    return None

def make_line(width, depth=2, *, units):
    return None

assigned = make_net
class Net: ...
if True:
    def branched(): ...
async_ = 1
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m2.py").write_text(M2)
    (tmp_path / "wrong.py").write_text("\ndef f(:\n")
    (tmp_path / "star.py").write_text("from m2 import *\n")
    (tmp_path / "empty.py").write_text("")
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "small.py").write_text("def make(): ...\n")
    return tmp_path


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("m2:nope", "m2.py has no 'nope'; type m2:make_net, m2:make_line or m2:Net"),
        ("m2:make_nat", "m2.py has no 'make_nat'; type m2:make_net,"),
        ("m2:make_line", "make_line() needs width, units; a factory takes no argument"),
        ("m3:make", "there is no module m3, neither in "),
        ("mn2:make", ", did you mean m2?"),
        ("other:make", "; Python files here: empty.py, m2.py, star.py, wrong.py"),
        ("nets.smal:make", "there is no module nets.smal"),
        ("m2.inner:make", "there is no module m2.inner"),
        ("nets.small:mkae", "nets/small.py has no 'mkae'; type nets.small:make"),
        ("wrong:f", "wrong.py:2: invalid syntax"),
        ("empty:f", "empty.py has no 'f'; it defines no function"),
    ],
)
def test_the_source_alone_tells_most_of_what_can_be_wrong(folder: Path, model: str, said: str) -> None:
    assert said in fault_in_source(model, folder)


@pytest.mark.parametrize(
    "model",
    ["m2:make_net", "m2:assigned", "m2:borrowed", "m2:branched", "m2:Net", "star:any", "nets.small:make", "bench.x:f"],
)
def test_what_may_be_there_is_left_to_the_process_that_imports_it(folder: Path, model: str) -> None:
    assert fault_in_source(model, folder) == ""


def test_a_run_of_a_model_that_is_not_there_leaves_nothing_and_lists_what_is(folder: Path) -> None:
    before = sorted(folder.iterdir())
    line = the_line(bench("run", "--data", "synthetic", "--model", "m2:nope", cwd=folder))
    assert line == "error: --model m2:nope: m2.py has no 'nope'; type m2:make_net, m2:make_line or m2:Net"
    assert sorted(folder.iterdir()) == before


def a_plan_of(*models: str) -> Plan:
    return a_plan(tuple(a_case(mode, model=model) for model in models for mode in ("eager", "function")))


def a_look(says: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys\nfor line in sys.stdin: {says}; sys.stdout.flush()")


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ("print('\"it returned None\"')", "--model m2:make_net: it returned None"),
        ("sys.exit(3)", "--model m2:make_net: the process that made it ended by itself with code 3"),
        ("sys.stderr.write('no memory\\n'); sys.exit(3)", 'and said last "no memory"'),
    ],
)
def test_what_making_a_model_once_shows_is_the_command_s_error(
    folder: Path, monkeypatch: pytest.MonkeyPatch, look: str, said: str
) -> None:
    monkeypatch.chdir(folder)
    notes: list[str] = []
    with pytest.raises(BenchError) as raised:
        refuse_broken(a_plan_of("m2:make_net"), notes.append, a_look(look))
    assert said in str(raised.value)
    assert notes == ["making m2:make_net once, to see that it can be made (loads TensorFlow)"]


def test_a_model_that_can_be_made_and_models_of_ours_pass(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    refuse_broken(a_plan_of("m2:make_net", "nets.small:make"), print, a_look("print('\"\"')"))
    refuse_broken(a_plan_of("mlp"), pytest.fail, ())
