"""What the options of a run that name something take, and what each value means. Leaves out presets (plan.py)."""

from dataclasses import dataclass


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
PRECISIONS = (
    Choice("float32", "32 bits throughout, on a GPU too, where TensorFlow's own choice is tf32"),
    Choice("mixed_bfloat16", "layers compute in bfloat16; weights, loss and updates stay in float32"),
    Choice("mixed_float16", "the same in float16, the loss scaled so that small gradients do not vanish"),
    Choice("tf32", "on a GPU only: float32 whose matrix products and convolutions keep 10 of 23 bits"),
)
INPUTS = (
    Choice("resident", "a few batches lie on the device before the clock starts: the step alone is timed"),
    Choice("pipeline", "tf.data shuffles, augments, batches and prefetches while the clock runs, as in a training"),
)
