"""Whether products keep the bits they should, and whether the same step gives the same bits twice."""

from typing import Any

import numpy as np
import tensorflow as tf

from bench.records.facts import DeviceFact
from bench.worker.facts.subject import Subject

SIDE = 256
# TF32 keeps 10 bits of a factor: products are off by some 3e-4 of their size; float32 by some 1e-7.
TF32_ERROR = 2e-5
STEPS = 5


def float32(subject: Subject) -> DeviceFact:
    """The error of a float32 matrix product, as this process is set up, which is as `run` sets up float32."""
    error = product_error(subject)
    return DeviceFact(
        "float32 products", f"relative error {error:.0e} (TF32 would have some 3e-04)", error < TF32_ERROR
    )


def tf32(subject: Subject) -> DeviceFact:
    """The same with TF32 allowed: on a GPU since Ampere it must show."""
    title = "tf32 products"
    if not subject.on_gpu:
        return DeviceFact(title, "", gpu_only=True)
    tf.config.experimental.enable_tensor_float_32_execution(True)
    try:
        error = product_error(subject)
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(False)
    seen = "in force" if error > TF32_ERROR else "not in force: this GPU, or this product, does without"
    return DeviceFact(title, f"relative error {error:.0e}, TF32 {seen}")


def product_error(subject: Subject) -> float:
    """How far a float32 product of two matrices is from the one in float64, relative to its size."""
    rng = np.random.default_rng(0)
    factors = [rng.standard_normal((SIDE, SIDE)) for _ in range(2)]
    rounded = [factor.astype(np.float32) for factor in factors]
    exact = rounded[0].astype(np.float64) @ rounded[1].astype(np.float64)
    with tf.device(subject.place):
        product = tf.matmul(*map(tf.constant, rounded)).numpy()
    return float(np.linalg.norm(product - exact) / np.linalg.norm(exact))


def determinism(subject: Subject) -> DeviceFact:
    """Whether two trainers built alike lose the same, bit for bit, over the first steps."""
    first, second = (_losses(subject) for _ in range(2))
    if first == second:
        return DeviceFact("determinism", f"the first {STEPS} losses of tf.function twice: the same bits")
    apart = max(abs(a - b) for a, b in zip(first, second, strict=True))
    return DeviceFact("determinism", f"the first {STEPS} losses of tf.function twice: up to {apart:.0e} apart")


def _losses(subject: Subject) -> list[Any]:
    trainer, losses = subject.trainer("function"), []
    for _ in range(STEPS):
        trainer.run(1)
        losses.append(trainer.sync())
    return losses
