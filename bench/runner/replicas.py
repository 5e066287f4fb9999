"""--replicas and --hosts -> over how many replicas each mode splits the batch; checked before anything starts."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from bench.errors import BenchError
from bench.machine import nvml
from bench.modes import row
from bench.records.case import Case
from bench.records.choices import DEFAULTS, Options

MOST = 64
ON_CPU = 2  # logical CPUs, where no number was asked for
_TWO_HOSTS = "type e.g. --hosts a:2222,b:2222"


def counts(options: Options, modes: Sequence[str], count_gpus: Callable[[], int] = nvml.count) -> dict[str, list[int]]:
    """The numbers of replicas by device, 'cpu' or 'gpu', as --replicas says; each begins with 1, their baseline.

    Without a number: all GPUs, of which NVIDIA's driver says how many there are, or two logical CPUs.
    Raises BenchError.
    """
    hosts, split = hosts_of(options), [mode for mode in modes if row(mode).replicas]
    asked = list(dict.fromkeys(_count(text) for text in options.replicas.split(",")))
    typed = options.replicas != DEFAULTS.replicas
    if (typed or hosts) and not split:
        raise BenchError(_no_replicas(modes))
    if hosts and "multi_worker" not in split:
        raise BenchError(
            f"--hosts is for the mode multi_worker; type e.g. --modes function,multi_worker {_TWO_HOSTS[10:]}"
        )
    if hosts and typed and split == ["multi_worker"]:
        raise BenchError(f"--hosts names {len(hosts)} machines, one replica each; leave --replicas out")
    counts_gpus = split and 0 in asked and "gpu" in options.devices
    found = {"cpu": ON_CPU, "gpu": max(ON_CPU, count_gpus() if counts_gpus else 0)}
    return {kind: [*dict.fromkeys((1, *(count or all_of for count in asked)))] for kind, all_of in found.items()}


def _no_replicas(modes: Sequence[str]) -> str:
    """Why --replicas or --hosts is of no use to these modes."""
    on_keras = [mode for mode in modes if "keras" in row(mode).groups]
    fit = " (Keras' fit fails under MultiWorkerMirroredStrategy in Keras 3.15: keras#20585)" if on_keras else ""
    return (
        f"{', '.join(modes)}: no mode with replicas{fit}; type e.g. --modes function,mirrored --replicas 2, "
        "or leave --replicas and --hosts out"
    )


def cases(case: Case, numbers: dict[str, list[int]], hosts: Sequence[str]) -> list[Case]:
    """The case on each number of replicas; itself where its mode has none.

    Raises BenchError for a batch that cannot be split evenly, and for a GPU that is asked for by number.
    """
    mode = row(case.mode)
    if not mode.replicas:
        return [case]
    if ":" in case.device:
        raise BenchError(f"{case.mode} takes as many GPUs as it has replicas; type --devices gpu, not {case.device}")
    over_hosts = hosts and mode.replicas == "processes"
    made = [replace(case, replicas=count) for count in ((1, len(hosts)) if over_hosts else numbers[case.device])]
    size = case.workload.batch_size
    for count in [each.replicas for each in made if size % each.replicas]:
        near = max(1, size // count) * count
        raise BenchError(f"a batch of {size} cannot be split evenly over {count} replicas; type --batch-sizes {near}")
    return [replace(each, hosts=len(hosts)) if over_hosts and each.replicas > 1 else each for each in made]


def hosts_of(options: Options) -> tuple[str, ...]:
    """The machines that --hosts names, each as host:port. Raises BenchError."""
    hosts = tuple(part.strip() for part in options.hosts.split(",") if part.strip())
    for host in hosts:
        if not re.fullmatch(r"[^\s:/]+:\d{4,5}", host) or not 1024 <= int(host.rpartition(":")[2]) <= 65000:
            raise BenchError(f"'{host}' is not host:port (1024 to 65000); {_TWO_HOSTS}")
    if len(hosts) == 1 or len({*hosts}) < len(hosts):
        raise BenchError(f"--hosts {options.hosts}: name at least two machines, each once; {_TWO_HOSTS}")
    return hosts


def _count(text: str) -> int:
    if not text.strip().isdigit() or int(text) > MOST:
        raise BenchError(f"'{text.strip()}' is not a number of replicas (1 to {MOST}); type e.g. --replicas 2")
    return int(text)
