"""Machine, versions, flags, load: what the numbers belong to. Read without importing TensorFlow."""

import os
import platform
import shutil
import time
from importlib import metadata
from pathlib import Path

import psutil

from bench.errors import BenchError
from bench.machine import memory, xla_flags
from bench.machine.completed import completed
from bench.records.environment import ONEDNN_FEATURES, Environment

# Variables that change how TensorFlow computes or schedules, and so belong to the result.
# Not all of TF_*: other tools (Terraform) use that prefix too.
FLAG_PREFIXES = (
    *(f"TF_{word}" for word in ("XLA", "ENABLE", "DISABLE", "USE", "DETERMINISTIC", "CUD", "NUM", "GPU", "FORCE")),
    *(f"TF_{word}" for word in ("ONEDNN", "MLIR", "SET", "JIT", "CPU", "AUTOTUNE")),
    *("XLA_", "OMP_", "KMP_", "MKL_", "DNNL_", "ONEDNN_", "CUDA_VISIBLE", "NVIDIA_TF32"),
)
_NO_AUTO_JIT = ("0", "-1")
_VECTORS = ("avx2", "fma", "avx512f")
BUS_ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}  # GPUs counted by their place on the bus, as nvidia-smi does
ANSWER_S = 10.0  # for git, and a driver that may be in trouble
GPU_QUERY = ("nvidia-smi", "--query-gpu=name,driver_version")


def read() -> Environment:
    """The environment now. What cannot be found out is None."""
    listed = gpus()
    gpu, driver = listed[0] if listed else (None, None)
    return Environment(
        os=platform.platform(terse=True),
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        cgroup_quota_cores=_quota(),
        memory_bytes=memory.total_bytes(),
        gpu=gpu,
        driver=driver,
        python=platform.python_version(),
        tensorflow=_version("tensorflow"),
        numpy=_version("numpy"),
        flags=flags(xla_flags.without_caches()),
        commit=_git("rev-parse", "--short=12", "HEAD"),
        dirty=None
        if (status := _git("status", "--porcelain", "--", ":/bench", ":/cifar_core")) is None
        else bool(status),
        load_before=load_average(),
        at=round(time.time(), 2),
        cpu_features=cpu_features(),
    )


def refuse_auto_jit() -> None:
    """Raises BenchError if a variable makes XLA compile parts of every graph: then no mode is what its name claims."""
    held = xla_flags.flags(os.environ.get(xla_flags.TF_XLA_FLAGS, ""))
    if asking := [flag for flag in held if _asks_for_auto_jit(*xla_flags.parts(flag))]:
        raise BenchError(
            f"TF_XLA_FLAGS holds {asking[0]}, so XLA would compile parts of tf.function's graph too; type: unset "
            "TF_XLA_FLAGS (the mode autocluster is what that flag does)"
        )


def _asks_for_auto_jit(name: str, value: str) -> bool:
    return name == "--tf_xla_auto_jit" and value not in _NO_AUTO_JIT


def gpus() -> list[tuple[str, str]]:
    """Name and driver of each GPU that NVIDIA's driver knows of; TensorFlow may see fewer."""
    answer = _run(*GPU_QUERY, "--format=csv,noheader") or ""
    parts = [line.partition(", ") for line in answer.splitlines()]
    return [(name, driver) for name, _, driver in parts]


def usable_cores(environment: Environment) -> float:
    """How many cores' work can be done at once: a container's quota may be less than the cores it sees."""
    return min(environment.cores, environment.cgroup_quota_cores or environment.cores)


def load_average() -> float | None:
    """Runnable processes, averaged over the last minute; None where the system does not say."""
    try:
        return round(psutil.getloadavg()[0], 2)
    except OSError:
        return None


class Stolen:
    """The CPU time that a hypervisor takes from this machine, from now on: load averages do not show it."""

    def __init__(self) -> None:
        self._before = psutil.cpu_times()

    def share(self) -> float | None:
        """Of all cores' time since; None where the system does not say, or no time has passed."""
        now = psutil.cpu_times()
        if not hasattr(now, "steal") or (passed := sum(now) - sum(self._before)) <= 0:
            return None
        return round(max(0.0, now.steal - self._before.steal) / passed, 4)


def flags(variables: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """The variables among `variables` that change what TensorFlow does, sorted by name."""
    return tuple(sorted((k, v) for k, v in variables.items() if k.startswith(FLAG_PREFIXES)))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def _cpu() -> str:
    return _listed("model name") or platform.processor() or platform.machine()


def cpu_features() -> str | None:
    """Of the CPU's vector instructions those that decide which kernels are executed; None where none are listed."""
    listed = (_listed("flags") or "").split()
    return " ".join(name for name in (*_VECTORS, *ONEDNN_FEATURES) if name in listed) if listed else None


def _listed(what: str) -> str | None:
    """What /proc/cpuinfo says of the first core."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == what), None)


def _quota() -> float | None:
    """The cores a container may use (cgroup v2 cpu.max), None where there is no limit."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return None if quota == "max" else int(quota) / int(period)
    except (OSError, ValueError):
        return None


def _git(*words: str) -> str | None:
    """The commit of the checkout that tracks this file; None for an installed package, even inside another project."""
    here = ("git", "-C", str(Path(__file__).parent))
    return _run(*here, *words) if _run(*here, "ls-files", "--error-unmatch", Path(__file__).name) else None


def _run(*command: str) -> str | None:
    if not shutil.which(command[0]):
        return None
    done = completed(command, dict(os.environ), ANSWER_S, kept=False)
    return done.out.decode(errors="replace").strip() if done.code == 0 else None
