"""XLA: tf.function's trace, compiled whole to machine code for this device in the first step.

It differs from `function` in jit_compile=True.
"""

from functools import partial

from bench.modes.traced import TracedTrainer

open_trainer = partial(TracedTrainer, jit_compile=True)
