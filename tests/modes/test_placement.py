from dataclasses import replace

from builders import a_case

from bench import modes
from bench.modes import placement
from bench.modes.placement import Op
from bench.records.devices import Placed, Placement


def test_a_step_split_over_two_gpus_belongs_on_both_and_must_run_on_both() -> None:
    both = Placement((Placed("GPU:0", 60), Placed("GPU:1", 60)))
    split = replace(a_case("mirrored"), device="gpu", replicas=2)
    assert placement.strangers(both, *modes.homes_of(split)) == []
    one = Placement((Placed("GPU:0", 120),))
    assert placement.strangers(one, *modes.homes_of(split)) == ["none of its ops is known to have run on GPU:1"]
    assert modes.homes_of(replace(split, mode="multi_worker")) == ["GPU:0"]  # each process sees its own
    assert modes.homes_of(a_case()) == ["CPU:0"]


def test_what_computes_is_counted_by_device_and_what_hands_on_is_not() -> None:
    ops = [Op("Conv2D", "GPU:0", True), Op("Relu", "GPU:0", True), Op("_Arg", "CPU:0", True), Op("Add", "CPU:0", False)]
    found = placement.summed_up(ops, ["int32 index: CPU:0 to GPU:0"])
    assert found == Placement((Placed("GPU:0", 2, ("Conv2D", "Relu")),), ("int32 index: CPU:0 to GPU:0",))
    assert placement.strangers(found, "GPU:0") == []


def test_the_kinds_of_strangers_alone_are_kept() -> None:
    ops = [*[Op("Conv2D", "GPU:0", True)] * 3, Op("Softmax", "CPU:0", True), Op("Softmax", "CPU:0", True)]
    found = placement.at_home(placement.summed_up(ops), "GPU:0")
    assert found.placed == (Placed("GPU:0", 3), Placed("CPU:0", 2, ("2 x Softmax",)))
    assert placement.strangers(found, "GPU:0") == ["2 of its ops ran on CPU:0: 2 x Softmax"]


def test_a_step_of_which_nothing_is_known_is_not_proven() -> None:
    assert placement.strangers(Placement(()), "GPU:0") == ["none of its ops is known to have run on GPU:0"]
    elsewhere = placement.summed_up([Op("MatMul", "CPU:0", True)])
    assert len(placement.strangers(elsewhere, "GPU:0")) == 2


def test_the_same_transfer_is_named_once_with_its_number() -> None:
    assert placement.summed_up([], ["b", "a", "b"]).transfers == ("a", "2 x b")


def test_a_case_on_any_gpu_sees_it_as_its_first() -> None:
    assert [placement.home(device) for device in ("cpu", "gpu", "gpu:1")] == ["CPU:0", "GPU:0", "GPU:0"]
