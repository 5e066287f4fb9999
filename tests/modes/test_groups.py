"""Groups of modes: each has modes, and each mode's groups are there."""

from dataclasses import replace

import pytest

from bench import modes
from bench.modes import MODES
from bench.modes.groups import GROUPS, members
from bench.modes.mode import Mode

NAMES = [group.name for group in GROUPS]


def test_all_are_tensorflows_modes_each_of_which_compiles_for_itself() -> None:
    others = ("keras_predict", "keras_predict_on_batch", "xla_cached")
    assert members("all") == [mode.name for mode in MODES if not (mode.name in others or mode.peer or mode.replicas)]


def test_a_group_has_its_modes_in_the_order_of_the_rows() -> None:
    assert members("custom") == ["custom_loop", "custom_loop_function"]
    assert members("inference") == ["eager", "graph", "function", "xla", "keras_predict", "keras_predict_on_batch"]
    assert members("keras") == ["keras_fit", "keras_jit", "keras_eager"]


def test_other_frameworks_are_a_group_of_their_own_and_in_no_other() -> None:
    assert members("peers") == [mode.name for mode in MODES if mode.peer]
    assert {mode.groups for mode in MODES if mode.peer} == {("peers",)}


def test_modes_with_replicas_are_a_group_of_their_own_and_in_no_other() -> None:
    assert members("replicas") == [mode.name for mode in MODES if mode.replicas] == ["mirrored", "multi_worker"]
    assert {mode.groups for mode in MODES if mode.replicas} == {("replicas",)}


def test_no_group_is_empty_or_has_a_modes_name() -> None:
    assert all(members(name) for name in NAMES)
    assert not {*NAMES} & {mode.name for mode in MODES}
    assert len({*NAMES}) == len(NAMES)


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_a_row_names_groups_that_are_there(mode: Mode) -> None:
    assert {*mode.groups} <= {*NAMES}


def test_a_mode_that_needs_an_extra_is_in_all_only_where_its_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    peer = replace(MODES[0], name="newcomer", groups=("custom",), extra="peers")
    monkeypatch.setattr(modes, "MODES", (*MODES, peer))
    assert "newcomer" not in members("all")
    assert members("custom")[-1] == "newcomer"
