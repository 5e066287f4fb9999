"""Facts of a device by processes of their own: which modes share one, and one that dies."""

import re
import sys

from children import running
from places import SUPPORT

from bench.modes import row
from bench.runner import facts, neighbours

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))

CHILD = """
import sys
print('{"title": "%s", "found": "fine", "sound": true}' % ",".join(sys.argv[3:]), flush=True)
if sys.argv[2] == "places":
    sys.exit("it broke")
"""


def test_every_tensorflow_mode_is_placed_in_a_process_with_its_environment() -> None:
    groups = facts.sharing_env("cpu")
    assert groups[0][:3] == ["eager", "graph", "function"]
    assert ["autocluster"] in groups
    assert not any(row(mode).peer or row(mode).replicas or "predict" in mode for modes in groups for mode in modes)


def test_what_a_process_found_before_it_died_is_kept_with_its_last_words() -> None:
    observed = [
        fact
        for modes, whole in ((["eager", "function"], True), (["autocluster"], False))
        for fact in facts._observed("cpu", modes, whole, (sys.executable, "-c", CHILD))
    ]
    assert [fact.title for fact in observed] == ["eager,function", "autocluster", "process of autocluster"]
    assert (observed[-1].sound, observed[-1].found) == (False, "ended with code 1; it said last: it broke")


def test_neighbours_are_judged_on_a_gpu_by_how_far_any_step_is_from_alone() -> None:
    steps_s = [("alone", 0.01), ("1 idle beside it", 0.0101), ("interleaved with 4", 0.0115)]
    assert neighbours.compared("5 processes", steps_s, judged=True).sound is False
    assert neighbours.compared("5 processes", steps_s[:2], judged=True).sound is True
    fact = neighbours.compared("5 processes", steps_s, judged=False)
    assert fact.sound is None
    assert fact.found == "ms a step: alone 10.00, 1 idle beside it 10.10, interleaved with 4 11.50; up to 15% apart"


def test_five_real_processes_are_set_up_one_by_one_and_all_ended() -> None:
    fact = neighbours.neighbours("cpu", FAKE)
    names = re.findall(r"(?:: |, )([a-z0-9 ]+?) [\d.]+(?=,|;)", fact.found)
    assert names == [
        "alone",
        "1 idle beside it",
        "interleaved with 1",
        "4 idle beside it",
        "interleaved with 4",
        "alone again",
    ]
    assert running("fake_worker") == []


def test_a_process_that_dies_is_told() -> None:
    fact = neighbours.neighbours("cpu", (*FAKE, "function=die"))
    assert (fact.sound, "SIGKILL" in fact.found) == (False, True)
