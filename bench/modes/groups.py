"""Groups of modes, which `--modes` takes by one name; the modes' rows say which mode is in which. No mode itself.

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
    Group("all", "TensorFlow's modes on one device, each compiled anew in every process"),
    Group("custom", "the loop that people write with Keras, without tf.function and with it"),
    Group("keras", "Keras' own loop, fit"),
    Group("inference", "how a trained model answers, for --task infer"),
)


def members(group: str) -> list[str]:
    """The names of the modes in a group, in the order of MODES."""
    return [mode.name for mode in modes.MODES if group in mode.groups]
