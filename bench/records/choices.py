"""The options of a run: their defaults, and the named values that some of them take."""

from dataclasses import dataclass

from bench.records.run import Schedule
from cifar_core.models import MODELS
from cifar_core.workload import INFER, STEP, TRAIN


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
    blocks: int | None = None
    task: str = TRAIN
    args: str = ""
    trace: bool = False
    replicas: str = "0"
    hosts: str = ""


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
TASKS = (
    Choice(TRAIN, "a training step: forward pass, gradients, update"),
    Choice(INFER, "a forward pass without training; single calls are timed too, for their latency"),
    Choice(STEP, "a step of your own, as --step names it"),
)
DTYPES = (
    Choice("float32", "32 bits throughout, on a GPU too, where TensorFlow's own choice is tf32"),
    Choice("mixed_bfloat16", "layers compute in bfloat16; weights, loss and updates stay in float32"),
    Choice("mixed_float16", "the same in float16, the loss scaled so that small gradients do not vanish"),
    Choice("tf32", "on a GPU only: float32 whose matrix products and convolutions keep 10 of 23 bits"),
)
INPUTS = (
    Choice("resident", "batches stay on the device: only the step is timed"),
    Choice("pipeline", "tf.data shuffles, augments, batches and prefetches, and is timed too, as in training"),
)


@dataclass(frozen=True, slots=True)
class Preset:
    """A goal by name: how much is measured at least and at most, and what that is for."""

    schedule: Schedule
    use: str

    @property
    def name(self) -> str:
        return self.schedule.preset

    @property
    def summary(self) -> str:
        """The goal, the fewest repetitions and the ceiling, in words."""
        goal, ceiling_s = self.schedule.goal or 0.0, self.schedule.ceiling_s or 0.0
        ceiling = f"{ceiling_s:.0f} s" if ceiling_s < 120 else f"{ceiling_s / 60:.0f} min"
        return (
            f"until every speedup is known to +-{goal:.0%}: within about {ceiling} for each group, but at least "
            f"{self.schedule.blocks} repetitions; {self.use}"
        )


def _preset(name: str, goal: float, fewest_blocks: int, ceiling_s: float, use: str) -> Preset:
    """All presets take the same slices: six rounds or more, by the noise, after a warm-up of at least two steps."""
    schedule = Schedule(name, fewest_blocks, 6, 2, 0.1, goal=goal, ceiling_s=ceiling_s, rounds_by_noise=True)
    return Preset(schedule, use)


PRESETS = (
    _preset("quick", 0.10, 3, 60.0, "a first impression: its verdicts are LIKELY at best"),
    _preset("standard", 0.03, 6, 300.0, "to choose a mode"),
    _preset("thorough", 0.01, 6, 1200.0, "for small differences and for gates"),
)
