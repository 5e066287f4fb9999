"""--replicas and --hosts: how often each mode is planned, and what is refused in one line before anything starts."""

import pytest

from bench.errors import BenchError
from bench.records.choices import Options
from bench.runner import plan
from bench.runner.replicas import counts
from cifar_core.cifar10 import SYNTHETIC

SPLIT = "function,mirrored,multi_worker"


def arms(**asked: str) -> list[str]:
    return [case.arm for case in plan.make(Options(**asked), SYNTHETIC).cases]  # type: ignore[arg-type]


def test_each_number_of_replicas_is_measured_beside_the_same_strategy_with_one() -> None:
    assert arms(modes=SPLIT, replicas="2,4") == [
        "function", "function-again", "mirrored-r1", "mirrored-r2", "mirrored-r4",
        "multi_worker-r1", "multi_worker-r2", "multi_worker-r4",
    ]  # fmt: skip


def test_without_a_number_there_are_two_on_a_cpu_and_one_for_each_gpu() -> None:
    options = Options(modes="mirrored", devices="cpu,gpu")
    assert counts(options, ["mirrored"], lambda: 8) == {"cpu": [1, 2], "gpu": [1, 8]}
    assert counts(options, ["mirrored"], lambda: 0)["gpu"] == [1, 2]  # not available, which the run says


def test_gpus_are_not_looked_for_where_none_are_asked_for() -> None:
    def never() -> int:
        raise AssertionError

    assert counts(Options(modes="mirrored"), ["mirrored"], never)["cpu"] == [1, 2]
    assert counts(Options(devices="gpu"), ["function"], never)["cpu"] == [1, 2]


def test_hosts_give_multi_worker_a_replica_each_and_leave_mirrored_alone() -> None:
    made = plan.make(Options(modes=SPLIT, hosts="a:2222, b:2222,c:2222", batch_sizes="48"), SYNTHETIC)
    arms = [case.arm for case in made.cases]
    assert arms[2:] == ["mirrored-r1", "mirrored-r2", "multi_worker-r1", "multi_worker-r3-hosts3"]
    assert made.hosts == ("a:2222", "b:2222", "c:2222")


def test_the_group_names_both_modes() -> None:
    assert arms(modes="function,replicas")[2:] == ["mirrored-r1", "mirrored-r2", "multi_worker-r1", "multi_worker-r2"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"modes": "function", "replicas": "2"}, ["function: no mode with replicas", "--modes function,mirrored"]),
        ({"modes": "keras_fit", "replicas": "2"}, ["keras#20585", "Keras 3.15"]),
        ({"modes": "function", "hosts": "a:2222,b:2222"}, ["no mode with replicas"]),
        ({"modes": "mirrored", "hosts": "a:2222,b:2222"}, ["--hosts is for the mode multi_worker", "--hosts a:2222"]),
        ({"modes": "multi_worker", "hosts": "a:2222,b:2222", "replicas": "2"}, ["2 machines", "leave --replicas out"]),
        ({"modes": "multi_worker", "hosts": "a:2222"}, ["at least two machines"]),
        ({"modes": "multi_worker", "hosts": "a:2222,a:2222"}, ["each once"]),
        ({"modes": "multi_worker", "hosts": "a,b:2222"}, ["'a' is not host:port"]),
        ({"modes": "multi_worker", "hosts": "a:80,b:2222"}, ["'a:80' is not host:port"]),
        ({"modes": "multi_worker", "hosts": "a:99999,b:2222"}, ["'a:99999' is not host:port"]),
        ({"modes": "mirrored", "replicas": "many"}, ["'many' is not a number of replicas"]),
        ({"modes": "mirrored", "replicas": "65"}, ["1 to 64"]),
        ({"modes": "mirrored", "replicas": "-1"}, ["'-1' is not a number of replicas"]),
        ({"modes": "mirrored", "replicas": "2,"}, ["'' is not a number of replicas"]),
        ({"modes": "mirrored", "replicas": "3"}, ["a batch of 64 cannot be split evenly over 3", "--batch-sizes 63"]),
        ({"modes": "mirrored", "batch_sizes": "1"}, ["a batch of 1 cannot be split evenly over 2", "--batch-sizes 2"]),
        ({"modes": "mirrored", "devices": "gpu:1"}, ["--devices gpu, not gpu:1"]),
        ({"modes": "parameter_server"}, ["asynchronously", "other work", "--modes function,mirrored"]),
        ({"modes": "function,ParameterServerStrategy"}, ["asynchronously"]),
        ({"modes": "DTensor"}, ["docs/replicas.md"]),
        ({"modes": "mirrored-xla"}, ["located in device CPU:1 from device CPU:0"]),
        ({"modes": "mirrored_jit_compile"}, ["jit_compile=True cannot hold"]),
        ({"modes": "multi_worker_xla"}, ["jit_compile=True cannot hold"]),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(asked: dict[str, str], words: list[str]) -> None:
    with pytest.raises(BenchError) as raised:
        arms(**asked)
    assert "\n" not in str(raised.value)
    assert [word for word in words if word not in str(raised.value)] == []
