"""What real processes see of real functions, in each mode."""

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from places import ROOT, SUPPORT

from bench.autograph.probe.compare import observations
from bench.autograph.probe.predictions import joined, predicted
from bench.autograph.probe.probe import probe
from bench.autograph.probe.records import Limits, ModeRun, ObservedFunction, ProbeRequest

FILE = SUPPORT / "probed.py"


@cache
def probed(driver: str) -> tuple[ModeRun, ...]:
    return probe(ProbeRequest(str(FILE), driver), lambda mode: None)


def texts(driver: str) -> list[tuple[str, tuple[str, ...], str]]:
    return [(one.kind, one.modes, one.text) for one in observations(probed(driver), 1e-3)]


def function(mode: int, name: str) -> ObservedFunction:
    return next(one for one in probed("drive_faults")[mode].functions if one.name.endswith(name))


def test_each_way_of_retracing_is_reported_by_its_argument() -> None:
    found = [
        text for kind, modes, text in texts("drive_faults") if kind == "cost" and modes == ("graph", "written", "xla")
    ]
    assert found == [
        "scaled: call 2 caused a retrace: the shape of `x`, (2,) -> (3,)",
        "scaled: call 2 caused a retrace: the value of `factor`, Python float 1.0 -> Python float 2.0, 3 retraces",
        "drive_faults.<lambda>: 4 tf.functions were made from it, each with its own traces",
    ]


def test_bodies_traces_compilations_and_nodes_are_counted_in_each_mode() -> None:
    eager, graph, xla = (function(mode, "scaled") for mode in (0, 1, 3))
    assert (eager.calls, eager.body_runs, eager.traces, eager.compiles, eager.nodes) == (4, 4, 0, 0, None)
    assert (graph.calls, graph.body_runs, graph.traces, graph.compiles) == (4, 4, 4, 0)
    assert (xla.calls, xla.body_runs, xla.traces, xla.compiles) == (4, 4, 4, 4)
    assert graph.nodes == xla.nodes == 4
    assert (function(3, "any_length").traces, function(3, "any_length").compiles) == (1, 4)
    assert (function(1, "counted").body_runs, function(1, "counted").traces) == (1, 1)


def test_values_that_differ_are_reported_by_the_call() -> None:
    found = {text.partition(":")[0]: modes for kind, modes, text in texts("drive_faults") if kind == "call"}
    assert found == {"noisy, call 2": ("graph", "written", "xla"), "grown, call 1": ("xla",)}


def test_printed_lines_changed_state_and_leaks_are_seen() -> None:
    found = {kind: text for kind, _, text in texts("drive_faults") if kind in ("printed", "state", "leak")}
    assert found["printed"].startswith("stdout: 4 lines / 1; 'kept tf.Tensor(1.0")
    assert found["state"] == "drive_faults's net.steps: 4 / 1 (eager / here)"
    assert found["leak"].startswith("global losses is left with a symbolic tensor")


def test_what_is_another_in_each_process_and_nothing_changed_is_no_divergence() -> None:
    assert [text.partition(":")[0] for kind, _, text in texts("drive_faults") if kind == "state"] == [
        "drive_faults's net.steps"
    ]


def test_what_autograph_could_not_convert_is_named() -> None:
    _, graph, *_ = probed("drive_faults")
    assert graph.unconverted == ("orelse: for/else statement not yet supported",)


def test_what_check_predicted_and_the_probe_saw_is_both() -> None:
    found = joined(predicted(FILE), observations(probed("drive_faults"), 1e-3))
    both = {one.finding.line: one.codes for one in found if one.evidence == "both" and one.finding}
    lines = FILE.read_text().splitlines()
    assert both[lines.index("    losses.append(x)") + 1] == ("AG301",)
    assert both[lines.index("        self.steps += 1") + 1] == ("AG303",)
    assert ("AG401",) in [one.codes for one in found if one.evidence != "predicted"]


def test_the_suite_s_own_steps_do_the_same_in_every_mode_and_are_traced_once() -> None:
    assert texts("drive_ours") == []
    eager, graph, written, xla = probed("drive_ours")
    assert [one.raised for one in (eager, graph, written, xla)] == [None] * 4
    assert [one.calls for one in graph.functions if one.calls] == [4, 1]
    assert [one.traces for one in graph.functions if one.calls] == [1, 1]
    assert [one.compiles for one in xla.functions if one.calls] == [1, 1]


def ended(driver: str, mode: str, limits: Limits) -> str:
    (seen,) = probe(ProbeRequest(str(FILE), driver, (mode,), limits), lambda mode: None)
    return seen.limit


def test_a_trace_without_end_goes_no_further_than_the_node_limit_and_its_line_is_reported() -> None:
    lines = FILE.read_text().splitlines()
    turn = [
        lines.index(line) + 1 for line in ("    yield from rows", "            result += row")
    ]  # wherever it was looked at
    told = [f"tracing drive_endless.total went beyond 2,000 graph nodes (probed.py:{line})" for line in turn]
    assert ended("drive_endless", "graph", Limits(nodes=2000)) in told


def test_a_driver_goes_no_further_than_its_memory() -> None:
    said = ended("drive_growing", "eager", Limits(memory_gb=1.5))
    assert said.startswith("the driver took more than 1.5 GB of memory (probed.py:")


def command(*words: str) -> "subprocess.CompletedProcess[str]":
    whole = [sys.executable, "-m", "bench", "probe", *words]
    return subprocess.run(whole, capture_output=True, text=True, check=False, cwd=ROOT)


def test_a_graph_that_raises_where_eager_does_not_fails_the_command_and_json_says_so() -> None:
    done = command(str(FILE), "--driver", "drive_refused", "--output-format", "json")
    assert done.returncode == 1, done.stderr
    whole: dict[str, Any] = json.loads(done.stdout)
    assert whole["same"] is False
    assert [one["raised"] and one["raised"]["message"] for one in whole["modes"]] == [None, *["not below zero"] * 3]
    (seen,) = [one for one in whole["findings"] if one["observations"]]
    assert (seen["evidence"], seen["codes"]) == ("both", ["AG504"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((str(FILE), "--driver", "nobody"), "probed has no function nobody; --driver names a zero-argument function"),
        (("nothing.py",), "there is no Python file nothing.py"),
        ((str(FILE), "--output-format", "xml"), "unknown output format 'xml'; known: full, json"),
        ((str(FILE), "--node-limit", "0"), "--node-limit must be more than 0"),
    ],
)
def test_what_cannot_be_probed_is_one_line(words: tuple[str, ...], said: str) -> None:
    done = command(*words)
    assert done.returncode == 2
    assert said in done.stderr.splitlines()[-1]
