"""A process that asks TensorFlow which devices it sees, and has each of them compute something.

It answers with one record on its standard output; what TensorFlow itself says on the way goes to standard error, where
its reasons are read (availability.py).
"""

from typing import Any

import msgspec
import tensorflow as tf

from bench.machine.child_end import connect
from bench.records.devices import DeviceProbe, FoundDevice


def probe() -> DeviceProbe:
    """Every device, the CPU first. Nothing that a device does wrong ends it."""
    build, gpus = tf.sysconfig.get_build_info(), tf.config.list_physical_devices("GPU")
    tf.config.experimental.enable_tensor_float_32_execution(False)  # the CPU has no such format
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    if refused := _refused():
        tf.config.set_visible_devices([], "GPU")  # the CPU works as well
    reference = convolved("CPU:0")
    tried = (_tried(number, gpu, reference, refused) for number, gpu in enumerate(gpus))
    devices = (FoundDevice("cpu", "the CPU", 0.0), *tried)
    cuda, cudnn = (build.get(key) for key in ("cuda_version", "cudnn_version"))
    return DeviceProbe(tf.__version__, bool(build.get("is_cuda_build")), cuda, cudnn, devices)


def _refused() -> str:
    """Why TensorFlow cannot take its devices, which it does all at once before its first op; '' where it can."""
    try:
        tf.config.list_logical_devices()
    except Exception as error:  # a GPU that is full, or that another process has to itself
        return _first_line(error)
    return ""


def _tried(number: int, gpu: Any, reference: Any, refused: str) -> FoundDevice:
    details = tf.config.experimental.get_device_details(gpu)
    capability = ".".join(map(str, details.get("compute_capability", ())))
    title = details.get("device_name", "a GPU") + (f", compute capability {capability}" if capability else "")
    if refused:
        return FoundDevice(f"gpu:{number}", title, error=refused)
    try:
        difference = abs(convolved(f"GPU:{number}") - reference).max() / abs(reference).max()
        return FoundDevice(f"gpu:{number}", title, float(difference))
    except Exception as error:  # whatever it is, it is what a person wants to know
        return FoundDevice(f"gpu:{number}", title, error=_first_line(error))


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def convolved(device: str) -> Any:
    """The same small convolution on a device, as an array. Raises where TensorFlow ran it anywhere else."""
    images = tf.random.stateless_uniform([8, 32, 32, 3], [0, 1])
    kernel = tf.random.stateless_uniform([3, 3, 3, 16], [2, 3])
    with tf.device(device):
        result = tf.nn.conv2d(images, kernel, 1, "SAME")
    if not result.backing_device.endswith(device):
        raise RuntimeError(f"asked for {device}, it ran on {result.backing_device}")
    return result.numpy()


if __name__ == "__main__":
    _, out = connect()
    out.write(msgspec.json.encode(probe()) + b"\n")
    out.flush()
