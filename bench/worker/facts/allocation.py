"""How TensorFlow takes a GPU's memory: growing or all at once, and through which allocator."""

import os

import tensorflow as tf

from bench.records.facts import DeviceFact
from bench.worker.facts.subject import Subject

MIB = 2**20


def growth(subject: Subject) -> DeviceFact:
    """Whether memory growth is on, and what is taken after a few steps, by TensorFlow and by NVML."""
    if not subject.on_gpu:
        return DeviceFact("memory", "", gpu_only=True)
    (gpu,) = tf.config.get_visible_devices("GPU")
    grows = tf.config.experimental.get_memory_growth(gpu)
    trainer = subject.trainer("function")
    trainer.run(2)
    trainer.sync()
    peak = tf.config.experimental.get_memory_info("GPU:0")["peak"]
    used = subject.gpu.guests(set()).used_bytes if subject.gpu else None
    on_card = f", {used / MIB:,.0f} MiB of the card taken by all" if used is not None else ""
    return DeviceFact(
        "memory", f"growth {'on' if grows else 'OFF'}; {peak / MIB:,.0f} MiB at most{on_card}", bool(grows)
    )


def allocator(subject: Subject) -> DeviceFact:
    """Which allocator the environment asks for."""
    if not subject.on_gpu:
        return DeviceFact("allocator", "", gpu_only=True)
    return DeviceFact("allocator", os.environ.get("TF_GPU_ALLOCATOR") or "TensorFlow's own (BFC)")
