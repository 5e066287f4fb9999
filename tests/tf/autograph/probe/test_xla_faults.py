"""What differences are attributed to: real processes, real faults of XLA, real traces of Keras."""

from functools import cache

import pytest
from places import SUPPORT

from bench.autograph.probe.compare import observations
from bench.autograph.probe.observation import Observation
from bench.autograph.probe.predictions import joined
from bench.autograph.probe.probe import isolated, probe
from bench.autograph.probe.records import CallPlace, FaultyOperation, Limits, ModeRun, ProbeRequest
from bench.autograph.probe.text import text, verdict
from bench.autograph.probe.xla_faults import attributed

FILE = SUPPORT / "attributed.py"


@cache
def probed(driver: str) -> tuple[ModeRun, ...]:
    return probe(ProbeRequest(str(FILE), driver), lambda mode: None)


@cache
def alone() -> dict[str, Observation]:
    """What was observed of each function's calls in `drive_alone`."""

    def search(mode: str, place: CallPlace) -> FaultyOperation | None:
        return isolated(ProbeRequest(str(FILE), "drive_alone"), mode, place, 1e-3)

    observed = attributed(observations(probed("drive_alone"), 1e-3), (), search)
    return {one.function: one for one in observed if one.kind == "call" and set(one.modes) <= {"written", "xla"}}


@pytest.mark.slow
def test_without_jit_compile_the_graph_does_what_eager_did() -> None:
    _, graph, written, _ = probed("drive_alone")
    assert [function.compiles for function in graph.functions[:3]] == [0, 0, 0]
    assert [function.compiles for function in written.functions[:3]] == [1, 1, 1]
    assert (graph.asks_for_xla, written.mode) == (True, "written")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "operations"),
    [("narrow", ("Less", "Mul")), ("spread", ("SquaredDifference", "Mean")), ("best", ("TopKV2",))],
)
def test_numbers_that_xla_alone_gets_wrong_are_a_fault_of_xla_with_the_fewest_operations_that_show_it(
    function: str, operations: tuple[str, ...]
) -> None:
    faulty = alone()[function].faulty
    assert faulty is not None
    assert faulty.operations == operations
    assert (faulty.code, faulty.expected == faulty.actual) == ("", False)
    assert faulty.file == str(FILE)
    shown = text(str(FILE), "drive_alone", probed("drive_alone"), joined([], [alone()[function]]))
    assert f"a fault of XLA, not of your code: XLA computes {operations[0]}" in shown
    assert shown.splitlines()[-1].startswith("XLA alone differs: the graph without it did what eager did (a fault of")


@pytest.mark.slow
def test_other_random_numbers_under_xla_are_a_rule_and_no_fault_of_xla() -> None:
    drawn = alone()["drawn"]
    assert (drawn.modes, drawn.codes) == (("xla",), ("AG806",))
    assert "a fault of XLA" not in text(str(FILE), "drive_alone", probed("drive_alone"), joined([], [drawn]))


def test_what_is_the_same_everywhere_is_the_same_whatever_tensorflow_and_keras_say_meanwhile() -> None:
    runs = probed("drive_sound")
    assert [run.raised for run in runs] == [None] * 4
    assert [one.text for one in observations(runs, 1e-3) if one.diverges] == []
    lines = [*runs[0].stdout, *runs[0].stderr]
    assert lines[:2] == ['{"loss": 1.0, "nan": NaN}', '{"bytes": 1}']
    assert "the driver's own" in lines[2]
    assert not [line for line in lines if "functions eagerly" in line or "step" in line]


def test_nothing_that_is_passed_is_kept_alive_so_that_bound_methods_are_traced_anew() -> None:
    _, graph, written, xla = probed("drive_sound")
    for run in (graph, written, xla):
        traces = {function.name: function.traces for function in run.functions}
        assert traces["epoch"] == 5 + 1  # a tf.function of an object is the same one each time


def test_traces_that_keras_makes_are_reported_by_the_line_that_calls_it() -> None:
    lines = FILE.read_text().splitlines()
    costs = [one for one in observations(probed("drive_sound"), 1e-3) if one.kind == "cost"]
    (many,) = [one for one in costs if one.text.startswith("predict was traced 3 times")]
    assert (many.codes, "for _ in range(3)" in lines[many.line - 1]) == (("AG404",), True)
    assert not [one for one in costs if one.text.startswith("fit")]  # training and validation are traced once each
    (sizes,) = [one for one in costs if one.text.startswith("predict was traced 2 times")]
    assert (sizes.codes, "for size in" in lines[sizes.line - 1]) == (("AG402",), True)


def test_a_line_that_a_python_loop_copies_into_the_graph_is_reported_with_its_count() -> None:
    lines = FILE.read_text().splitlines()
    (copied,) = [one for one in observations(probed("drive_sound"), 1e-3) if "copied" in one.text]
    place = lines.index("        x = x * 1.01") + 1
    assert copied.text == f"deep: attributed.py:{place} was copied into the graph 60 times (Mul)"
    assert copied.codes == ("AG102",)


def test_a_verdict_of_sound_code_names_needless_work_only() -> None:
    runs = probed("drive_sound")
    assert verdict(runs, joined([], observations(runs, 1e-3))).startswith("every mode did the same; ")


@pytest.mark.parametrize("driver", ["drive_closed", "drive_replaced"])
def test_a_driver_that_closes_or_replaces_its_output_has_returned(driver: str) -> None:
    (run,) = probe(ProbeRequest(str(FILE), driver, ("eager",)), lambda mode: None)
    assert (run.raised, run.limit, len(run.result)) == (None, "", 1)
    assert run.stdout == (("before",) if driver == "drive_closed" else ())


@pytest.mark.parametrize(
    ("driver", "lines"),
    [
        ("drive_loop", ("    while True:", "        turns += 1")),
        ("drive_loop_in_a_function", ("    while os.sep:", "        pass")),
    ],
)
def test_a_loop_in_python_that_does_not_end_is_reported_by_its_line(driver: str, lines: tuple[str, ...]) -> None:
    (run,) = probe(ProbeRequest(str(FILE), driver, ("eager",), Limits(seconds=1.0)), lambda mode: None)
    source = FILE.read_text().splitlines()
    places = [source.index(line) + 1 for line in lines]
    assert run.limit in [f"the driver did not end within 1 s (attributed.py:{place})" for place in places]
