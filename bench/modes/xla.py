"""XLA: tf.function's trace, compiled whole to machine code for this device at the first call.

It differs from `function` in jit_compile=True.
"""

from functools import partial

from bench.modes.traced import TracedTrainer

open_trainer = partial(TracedTrainer, jit_compile=True)
