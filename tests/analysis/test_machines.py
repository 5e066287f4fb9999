"""Runs of several machines: each is analysed by itself, and the same mode's speedups are compared."""

from pathlib import Path

import pytest
from analysed_machines import OTHER, SLOW, fleet_folder
from kept_runs import PLAN, STEPS

from bench.analysis.machines import Machines, read_machines
from bench.errors import BenchError
from bench.records.fleet import FleetPlan
from bench.records.folders import create_fleet
from bench.records.run import FORMAT


def machines(folder: Path, **steps: dict[str, float]) -> Machines:
    return read_machines(fleet_folder(folder, **steps))


def test_a_slower_machine_with_the_same_speedups_is_no_difference(tmp_path: Path) -> None:
    found = machines(tmp_path, a=STEPS, b=SLOW)
    assert found.depending == []
    assert [(each.result.case.mode, each.machine) for each in found.speedups] == [
        ("function", "a"), ("function", "b"), ("xla", "a"), ("xla", "b"),
    ]  # fmt: skip
    function = [each for each in found.speedups if each.result.case.mode == "function"]
    for each in function:
        assert each.result.comparison
        assert each.result.comparison.ratio
        assert each.result.comparison.ratio.centre == pytest.approx(2.0, rel=0.01)
    assert [each.against is None for each in function] == [True, False]
    assert [difference.what for difference in found.differences] == ["cpu"]


def test_a_mode_that_gains_more_on_one_machine_is_named(tmp_path: Path) -> None:
    (each,) = machines(tmp_path, a=STEPS, b=OTHER).depending
    assert (each.result.case.mode, each.machine) == ("function", "b")
    assert each.against
    assert each.against.over_time
    assert each.against.over_time.centre == pytest.approx(2.0, rel=0.02)
    assert each.against.p
    assert each.against.p < 0.05


def test_repetitions_of_two_machines_are_never_paired_though_they_alternate_in_time(tmp_path: Path) -> None:
    found = machines(tmp_path, a=STEPS, b=SLOW)
    widths = [each.against.over_time for each in found.speedups if each.against and each.against.over_time]
    assert all(ratio.high and ratio.low and ratio.high / ratio.low > 1.01 for ratio in widths)  # with the run's spread


def test_a_machine_whose_run_is_not_there_is_missing_and_none_is_enough(tmp_path: Path) -> None:
    assert machines(tmp_path / "one", b=STEPS).missing == ("a",)
    none = machines(tmp_path / "none")
    assert (none.missing, none.runs, none.speedups) == (("a", "b"), (), ())


@pytest.mark.parametrize("names", [(), ("a", "a"), ("../x",), ("a/b",)])
def test_a_plan_without_machines_or_with_odd_names_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(BenchError, match="such runs cannot be kept"):
        create_fleet(tmp_path, FleetPlan(FORMAT, PLAN.created, PLAN, names))
