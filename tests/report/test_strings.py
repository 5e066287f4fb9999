"""Hostile strings in every string of every record: no report, table, plot, page or terminal does what they ask."""

import json
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_costs, a_group, a_plan, a_point, a_training, an_accuracy_plan, outcomes
from hostile import TEXTS, faults_of_csv, faults_of_markdown, faults_of_output, faults_of_page, hostile
from kept_runs import a_run
from made_up_selftests import RECORD
from two_devices import BOTH, cases, measured

from bench.commands.compare import compare
from bench.commands.history import history
from bench.commands.report import report
from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.records.files import write
from bench.records.folders import create_accuracy, create_training, training_folder
from bench.records.probes import ModelProbe, Probes
from bench.records.run import FORMAT, Failure, Outcome, Plan
from bench.records.store import Store
from bench.records.training import Broken, TrainingProgress

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.02, "xla": 0.06}


def a_hostile_run(folder: Path, text: str) -> None:
    plan = a_plan((*a_group(("eager", "function", "xla")), *(replace(c, threads=1) for c in a_group(("eager", "xla")))))
    made = [
        Outcome(measurement=replace(outcome.measurement, costs=a_costs(outcome.case.mode)))
        for outcome in outcomes(plan, STEPS, 2)
        if outcome.measurement
    ]
    failures = [
        Failure(plan.cases[4], 2, "slice", "message", "Traceback\nlines"),
        Failure(plan.cases[6], 2, "open", "m"),
    ]
    kept(folder, plan, [*made, *(Outcome(failure=failure) for failure in failures)], text, "devices")  # it is valid
    probe = ModelProbe("mine:make", ("eager", "graph"), ("line", "line"), (("graph", "reason"),))
    write(folder / "probes.json", hostile(Probes(FORMAT, (probe,)), text))
    candidate = hostile(plan.cases[2], text)
    tried = tuple(TriedBreakEven(candidate, 40.0, steps, 0, 2.0, 1.5) for steps in (21, 81))
    failed = (hostile(Failure(candidate, 0, "total", "message"), text),)
    write(folder / "trials.json", TriedBreakEvens(FORMAT, tried, failed))


def kept(folder: Path, plan: Plan, made: list[Outcome], text: str, *spared: str) -> None:
    with Store.create(folder, hostile(plan, text)) as store:
        for outcome in made:
            store.keep(hostile(outcome, text, *spared))
    with (folder / "measurements.jsonl").open("ab") as stream:
        stream.write(json.dumps({"set_aside": [text, 0], "why": text}).encode() + b"\n")


def a_hostile_run_on_devices(folder: Path, text: str) -> None:
    plan = a_plan(cases(*BOTH))
    kept(folder, plan, measured(plan, {64: 2.0}, blocks=2), text)


def a_hostile_training(folder: Path, text: str) -> None:
    create_training(folder, hostile(a_training(), text))
    write(folder / "points.json", TrainingProgress(FORMAT, 0.5, (a_point(100), a_point(200))))


def a_hostile_accuracy(folder: Path, text: str) -> None:
    plan = hostile(an_accuracy_plan(("eager", "xla"), 2), text)
    create_accuracy(folder, plan)
    for mode in plan.modes:
        for seed in plan.seeds:
            place = training_folder(folder, mode, seed)
            create_training(place, plan.of(mode, seed))
            write(place / "points.json", TrainingProgress(FORMAT, 0.5, (a_point(100), a_point(300))))
    write(place / "broken.json", hostile(Broken(FORMAT, "message", "tail"), text))


def a_hostile_selftest(folder: Path, text: str) -> None:
    plan = a_plan(tuple(replace(case, slowdown=0.05 * (case.mode == "xla")) for case in a_group(("eager", "xla"))))
    kept(folder / "runs" / "00", plan, outcomes(plan, {**STEPS, "xla-slowed5": 0.06}, 3), text)
    write(folder / "selftest.json", hostile(RECORD, text))


KINDS = (a_hostile_run, a_hostile_run_on_devices, a_hostile_training, a_hostile_accuracy, a_hostile_selftest)


def faults_in(folder: Path) -> Iterator[str]:
    """What the written files hold that a record's string must not bring about."""
    text = (folder / "report.md").read_text("utf-8")
    page = (folder / "report.html").read_text("utf-8")
    yield from (f"report.html: {fault}" for fault in faults_of_page(page))
    yield from (f"report.md: {fault}" for fault in faults_of_markdown(text, page.count("<table")))
    for table in folder.glob("tables/*.csv"):
        yield from (f"{table.name}: {fault}" for fault in faults_of_csv(table.read_text("utf-8")))
    for name in ("benchmark.json", "comparison.json"):
        if (folder / name).exists():
            json.loads((folder / name).read_text("utf-8"))


@pytest.mark.parametrize(
    ("make", "number"),
    [
        pytest.param(make, number, marks=[] if number % len(KINDS) == of_kind else [pytest.mark.slow])
        for of_kind, make in enumerate(KINDS)
        for number in range(len(TEXTS))
    ],
)
def test_no_output_does_what_a_record_s_strings_ask(
    make: Callable[[Path, str], None], number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / "run", TEXTS[number])
    report(tmp_path / "run")
    assert list(faults_in(tmp_path / "run")) == []
    out, err = capsys.readouterr()
    assert [*faults_of_output(out), *faults_of_output(err)] == []


def test_what_looks_for_such_faults_sees_them() -> None:
    page = '<title>t</title><style></style><body><script></script>{}<meta charset="utf-8">'
    assert list(faults_of_page(page.format(""))) == []
    for part in ("<img src=x>", "<p onclick=x>", "<a href=http://evil.example>", "<script>", "<style>", "\x1b"):
        assert list(faults_of_page(page.format(part)))
    table = "| a | b |\n| --- | --- |\n| {} | 2 |\n"
    assert list(faults_of_markdown(table.format("x \\| y"), 1)) == []
    for cell in ("<b>", "[l](http://evil.example)", "![i](x.png)", "x | y", "x \\\\| y", "x\n\n| y", "\x1b"):
        assert list(faults_of_markdown(table.format(cell), 1)), cell
    for cell in ("=1", "+1+cmd()", "@x", '"\t=1"'):
        assert list(faults_of_csv(f"a,b\n{cell},2\n")), cell
    assert list(faults_of_csv("a,b\n-2.5e-3,+0.1\n")) == []


def test_comparisons_and_histories_do_not_either(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, text in enumerate(TEXTS[:2]):
        a_hostile_run(tmp_path / f"{number}=1+1 <img src=x> [l](http:) \x1b[31m|", text)
    folders = sorted(tmp_path.iterdir())
    compare(folders, out=tmp_path.with_name("compared"))
    history(tmp_path)
    assert list(faults_in(tmp_path.with_name("compared"))) == []
    out, err = capsys.readouterr()
    assert [*faults_of_output(out), *faults_of_output(err)] == []


def test_folders_whose_names_are_not_utf_8_are_reported_and_compared(tmp_path: Path) -> None:
    folders = [a_run(tmp_path / os.fsdecode(name)) for name in (b"\xff\xfe-1", b"\xff\xfe-2")]
    report(folders[0])
    compare(folders, out=tmp_path / os.fsdecode(b"\xe9"))
    history(tmp_path)
    assert "\\udcff\\udcfe-2" in (tmp_path / os.fsdecode(b"\xe9") / "report.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["what", "data", "title"])
def test_a_run_may_be_called_what_a_column_is(name: str, tmp_path: Path) -> None:
    runs = [a_run(tmp_path / name), a_run(tmp_path / "other")]
    compare(runs, out=tmp_path / "compared")
    assert "look-alike" in (tmp_path / "compared" / "report.md").read_text()


def test_a_matplotlibrc_and_a_character_without_glyph_change_nothing(tmp_path: Path) -> None:
    import matplotlib as mpl

    a_hostile_run(tmp_path / "run", "漢字 $\\frac$")
    report(tmp_path / "run", png=True)
    before = {file.name: file.read_bytes() for file in (tmp_path / "run").glob("plots/*.*")}
    for name in before:
        (tmp_path / "run" / "plots" / name).unlink()
    with mpl.rc_context({"axes.facecolor": "red", "font.size": 30, "text.parse_math": True}), warnings.catch_warnings():
        warnings.simplefilter("error")
        report(tmp_path / "run", png=True)
    assert {file.name: file.read_bytes() for file in (tmp_path / "run").glob("plots/*.*")} == before
