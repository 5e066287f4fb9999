"""The options of a run: their defaults, and the named values that some of them take."""

from dataclasses import dataclass

from bench.records.run import Schedule
from cifar_core.models import MODELS


@dataclass(frozen=True, slots=True)
class Options:
    """What a user asks of a run, as typed: several values of one option are separated by commas."""

    modes: str = "eager,graph,function,xla"
    models: str = MODELS[0].name
    batch_sizes: str = "64"
    devices: str = "cpu"
    threads: str = "0"
    dtypes: str = "float32"
    inputs: str = "resident"
    steps_per_call: str = "0"
    data: str = "auto"
    seed: int = 0
    preset: str = "standard"
    target_ci: str | None = None
    budget: str | None = None
    slow_down: str | None = None
    determinism: bool = False
    time_limit: str | None = None


DEFAULTS = Options()  # of `run`; `pytest bench` and the commands that a report suggests go by them too


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that an option takes, and what it means."""

    name: str
    summary: str


DEVICES = (
    Choice("cpu", "TensorFlow's own number of threads, or --threads; a GPU is hidden from it"),
    Choice("gpu", "the first GPU that TensorFlow sees"),
    Choice("gpu:N", "the GPU of that number, counted from 0 as nvidia-smi does; the run has failed without it"),
)
DTYPES = (
    Choice("float32", "32 bits throughout, on a GPU too, where TensorFlow's own choice is tf32"),
    Choice("mixed_bfloat16", "layers compute in bfloat16; weights, loss and updates stay in float32"),
    Choice("mixed_float16", "the same in float16, the loss scaled so that small gradients do not vanish"),
    Choice("tf32", "on a GPU only: float32 whose matrix products and convolutions keep 10 of 23 bits"),
)
INPUTS = (
    Choice("resident", "a few batches lie on the device before the clock starts: the step alone is timed"),
    Choice("pipeline", "tf.data shuffles, augments, batches and prefetches while the clock runs, as in a training"),
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A schedule by name, and what it is for. Its budget, if any, is for one group of cases."""

    schedule: Schedule
    summary: str

    @property
    def name(self) -> str:
        return self.schedule.preset


PRESETS = (
    Preset(
        Schedule("quick", blocks=3, rounds=12, warmup_steps=5, slice_s=0.05, budget_s=54.0),
        "under a minute on 2 cores; three blocks give an indication with wide intervals, not proof",
    ),
    Preset(
        Schedule("standard", blocks=7, rounds=24, warmup_steps=10, slice_s=0.1),
        "about 3 minutes on 2 cores; finds a difference of 3 % in nine of ten runs on a shared machine",
    ),
    Preset(
        Schedule("thorough", blocks=20, rounds=24, warmup_steps=10, slice_s=0.1),
        "about 9 minutes on 2 cores: standard's blocks, three times as many; for small differences and for gates",
    ),
)
