"""Parts of a run become one run, and only such parts as could be one."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import ENVIRONMENT, PLANNED, a_group, a_plan
from kept_runs import PLAN, STEPS, a_run

from bench.analysis.analyse import analyse
from bench.errors import BenchError
from bench.records.store import Store
from bench.runner.merging import merge

LARGER = a_plan(tuple(replace(case, workload=replace(case.workload, batch_size=256)) for case in PLAN.cases))


def a_part(folder: Path, at: float, blocks: int = 2, **changes: object) -> Path:
    return a_run(folder, blocks=blocks, first_s=at, **changes)  # type: ignore[arg-type]


def test_repetitions_of_a_later_part_follow_those_of_the_first(tmp_path: Path) -> None:
    parts = [a_part(tmp_path / "a", 0.0), a_part(tmp_path / "b", 1e6, blocks=4)]
    store = merge(parts, tmp_path / "whole").read_again()
    assert store.left_out == ()
    assert store.plan.schedule.blocks == 6
    (group,) = analyse(store.plan, store.outcomes()).groups
    assert [m.block for m in group.baseline.measurements] == list(range(6))
    assert [m.environment.at for m in group.baseline.measurements][1:3] == [60.0, 1e6]
    comparison = group.cases[2].comparison
    assert comparison
    assert comparison.ratio
    assert comparison.ratio.n == 6


def test_parts_with_other_sizes_stand_beside_each_other(tmp_path: Path) -> None:
    parts = [a_part(tmp_path / "a", 0.0), a_part(tmp_path / "b", 1e6, plan=LARGER)]
    store = merge(parts, tmp_path / "whole").read_again()
    run = analyse(store.plan, store.outcomes())
    assert [(group.workload.batch_size, len(group.baseline.measurements)) for group in run.groups] == [
        (64, 2),
        (256, 2),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"plan": a_plan(a_group(("eager", "xla")))}, "has other modes for"),
        ({"plan": replace(PLAN, seed=1)}, r"another seed than .*\(1 and 0\)"),
        ({"plan": replace(PLAN, data_title="CIFAR-10")}, "another data than"),
        ({"plan": replace(PLAN, schedule=replace(PLANNED, rounds=9))}, "another schedule than"),
        ({"plan": replace(PLAN, schedule=replace(PLANNED, goal=0.03))}, "make each part with a fixed number"),
        ({"environment": replace(ENVIRONMENT, cpu="another")}, r"another cpu than .*\(another and a CPU\)"),
        ({"environment": replace(ENVIRONMENT, tensorflow="2.20")}, "another tensorflow than"),
        ({"environment": replace(ENVIRONMENT, commit="fedcba")}, "another commit than"),
    ],
)
def test_what_could_not_be_one_run_is_refused(changes: dict[str, object], reason: str, tmp_path: Path) -> None:
    parts = [a_part(tmp_path / "a", 0.0), a_part(tmp_path / "b", 1e6, **changes)]
    with pytest.raises(BenchError, match=reason):
        merge(parts, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()


def test_a_copy_counts_once(tmp_path: Path) -> None:
    parts = [a_part(tmp_path / "a", 0.0), a_part(tmp_path / "b", 0.0)]
    with pytest.raises(BenchError, match="hold the same repetition"):
        merge(parts, tmp_path / "whole")


def test_one_part_or_an_empty_one_is_refused(tmp_path: Path) -> None:
    full = a_part(tmp_path / "a", 0.0)
    Store.create(tmp_path / "empty", PLAN).close()
    with pytest.raises(BenchError, match="one part is nothing to merge"):
        merge([full], tmp_path / "whole")
    with pytest.raises(BenchError, match="holds no repetition yet"):
        merge([full, tmp_path / "empty"], tmp_path / "whole")


def test_a_part_of_another_speed_keeps_its_numbers(tmp_path: Path) -> None:
    parts = [a_part(tmp_path / "a", 0.0), a_part(tmp_path / "b", 1e6, steps=STEPS | {"function": 0.05})]
    store = merge(parts, tmp_path / "whole").read_again()
    of_parts = [o.measurement.steady for part in parts for o in Store.open(part).outcomes() if o.measurement]
    assert sorted(of_parts, key=str) == sorted(
        (o.measurement.steady for o in store.outcomes() if o.measurement), key=str
    )
