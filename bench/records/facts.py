"""The records of what a machine shows before anything is measured on it: whether its numbers can mean anything."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceFact:
    """One observation. `sound`: whether it is as it should be; None where there is nothing to judge.

    `gpu_only`: it could not be observed for want of a GPU, and `found` is empty.
    """

    title: str
    found: str
    sound: bool | None = None
    gpu_only: bool = False
