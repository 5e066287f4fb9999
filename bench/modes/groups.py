"""Groups of modes, which `--modes` takes by one name; the modes' rows say which mode is in which. Not a mode itself.

To add one: its row here, and its name in the `groups` of the modes that are in it.
"""

from dataclasses import dataclass

from bench import modes


@dataclass(frozen=True, slots=True)
class Group:
    """Modes that are taken together. No mode has the name of a group."""

    name: str
    summary: str


GROUPS = (
    Group("all", "TensorFlow's modes on one device, each compiled in every process"),
    Group("custom", "a custom training loop in Keras, without and with tf.function"),
    Group("keras", "Keras' fit"),
    Group("inference", "how a trained model answers, for --task infer"),
    Group("replicas", "tf.distribute: the batch split over devices, or over processes"),
    Group("peers", "other frameworks: PyTorch, JAX, and Keras on each of them"),
)


def members(group: str) -> list[str]:
    """The names of the modes in a group, in the order of MODES."""
    return [mode.name for mode in modes.MODES if group in mode.groups]
