"""Which devices can be used here, and why not: found out by a process that imports TensorFlow, and by what it says."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bench.machine import environment
from bench.machine.completed import completed
from bench.machine.environment import BUS_ORDER
from bench.machine.launcher import command
from bench.machine.xla_flags import without_caches
from bench.records.devices import DeviceProbe, FoundDevice

PROBE = command("bench.worker.device_probe")
TIME_LIMIT_S = 180.0
CLOSE = 1e-4  # of the largest value: float32 convolutions summed in another order
INSTALL = "python -m pip install '.[gpu]' (or 'tensorflow[and-cuda]')"
DRIVER = "install NVIDIA's driver, so that `nvidia-smi` answers"
FULL = "`nvidia-smi` shows who holds it; end that, or wait"
# What TensorFlow says, the deepest cause first, and what to do about it.
CAUSES: tuple[tuple[str, str], ...] = (
    (r"Cannot dlopen some GPU libraries", INSTALL),
    (r"CUDA_ERROR_OUT_OF_MEMORY|out of memory", FULL),
    (r"CUDA_ERROR_DEVICE_UNAVAILABLE|busy or unavailable", f"another process has exclusive use of the GPU: {FULL}"),
    (r"RESOURCE_EXHAUSTED", FULL),
    (
        r"CUDA_ERROR_(?:SYSTEM_DRIVER_MISMATCH|COMPAT_NOT_SUPPORTED\w*)",
        "update NVIDIA's driver, or restart the machine",
    ),
    (r"driver version is insufficient", "update NVIDIA's driver"),
    (r"CUDA_ERROR_NO_DEVICE", "the driver shows no GPU: see `nvidia-smi`, and CUDA_VISIBLE_DEVICES"),
    (r"Could not find cuda drivers", ""),  # said where libcudart is missing too
    (r"CUDA_ERROR_\w+", "see `nvidia-smi`"),
    (r"failed call to cuInit", DRIVER),
)
LOG_HEAD = re.compile(r"^(?:\d{4}-\d\d-\d\d )?\S*[\d:. ]+\s+\S*(?:[IWEF] )?\S+:\d+\] ")


@dataclass(frozen=True, slots=True)
class Availability:
    """`probed` is None where the process failed; then `words` hold what it printed.

    `cards`: name and driver of each GPU that `nvidia-smi` finds. `hidden`: CUDA_VISIBLE_DEVICES, where it is set.
    """

    probed: DeviceProbe | None
    words: str
    cards: tuple[tuple[str, str], ...] = ()
    hidden: str | None = None

    def missing(self, device: str) -> str:
        """Why a device cannot be used, in one line with what to do; '' where it can."""
        number = int(device.partition(":")[2] or 0)
        gpus = [each for each in self.found if each.device != "cpu"]
        if device == "cpu":
            return ""
        if number < len(gpus):
            return self.wrong(gpus[number])
        if gpus:
            return (
                f"TensorFlow sees {len(gpus)} GPU{'s' * (len(gpus) > 1)}, counted from gpu:0, so there is no {device}"
            )
        return self.no_gpu()

    @property
    def found(self) -> tuple[FoundDevice, ...]:
        """The devices that TensorFlow sees."""
        return self.probed.found if self.probed else ()

    def wrong(self, device: FoundDevice) -> str:
        """What is wrong with a device that TensorFlow sees; '' where nothing is."""
        if device.error:
            cause, advice = self._cause(device.error) or (device.error, "see `cifar-bench devices`")
            return f'{device.title}: TensorFlow says "{cause}"; {advice}'
        if device.difference is None or not device.difference <= CLOSE:
            return (
                f"{device.title}: its convolution differs from the CPU's by {device.difference}; do not trust this GPU"
            )
        return ""

    def no_gpu(self) -> str:
        """Why TensorFlow sees no GPU at all."""
        if self.hidden is not None and not re.match(r"\d|GPU-|MIG-", self.hidden):
            return f"CUDA_VISIBLE_DEVICES={self.hidden!r} hides every GPU; unset it"
        if self.probed is None:
            return f"could not ask TensorFlow: {self._ended()}"
        if not self.probed.cuda_build:
            return (
                f"this TensorFlow {self.probed.tensorflow} is built without CUDA; GPUs need the Linux package (or WSL)"
            )
        cause, advice = self._cause(self.words) or ("nothing", f"{DRIVER}, then {INSTALL}")
        return f'TensorFlow sees no GPU and says "{cause}"; {self._smi()}: {advice}'

    def _ended(self) -> str:
        """How the process ended, and the most telling line that it printed, else the last one."""
        *lines, ended = [line.strip() for line in self.words.splitlines() if line.strip()] or ["?"]
        if cause := self._cause(self.words):
            return f'{ended}, and TensorFlow said "{cause[0]}"; {cause[1]}'
        return f'{ended}, and what it said last was "{lines[-1][:160]}"' if lines else ended

    def _cause(self, words: str) -> tuple[str, str] | None:
        """TensorFlow's most informative line, and what to do about it."""
        for pattern, advice in CAUSES:
            for line in words.splitlines():
                if match := re.search(pattern, line):
                    sentence = _sentence(line, match.end())
                    return sentence, advice or (INSTALL if self.cards else f"{DRIVER}, then {INSTALL}")
        return None

    def _smi(self) -> str:
        if not self.cards:
            return "`nvidia-smi` finds no GPU"
        name, driver = self.cards[0]
        return f"`nvidia-smi` finds {len(self.cards)} ({name}, driver {driver})"


def probe(command: Sequence[str] = PROBE, time_limit_s: float = TIME_LIMIT_S) -> Availability:
    """Ask now. Takes as long as importing TensorFlow, and on a GPU as long as loading its libraries."""
    env = {**without_caches(), "TF_CPP_MIN_LOG_LEVEL": "0", "TF_USE_LEGACY_KERAS": "1", **BUS_ORDER}
    cards, hidden = tuple(environment.gpus()), os.environ.get("CUDA_VISIBLE_DEVICES")
    done = completed(command, env, time_limit_s)
    if done.code is None:
        return Availability(None, f"no answer within {time_limit_s:g} s", cards, hidden)
    words = done.errors.decode(errors="replace")
    try:
        return Availability(msgspec.json.decode(done.out, type=DeviceProbe), words, cards, hidden)
    except msgspec.DecodeError:
        return Availability(None, f"{words}\nit ended with code {done.code}", cards, hidden)


def _sentence(line: str, position: int) -> str:
    """A line of TensorFlow's log without time, process and file, up to the end of the sentence at `position`."""
    rest = line[position:].partition(". ")[0]
    return LOG_HEAD.sub("", line[:position] + rest).strip().rstrip(".")[:160]
