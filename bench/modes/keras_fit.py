"""Keras' fit as it comes on a CPU: its train step is a tf.function, its loop is Python.

It differs from `function` in that the loop, the layers and the optimizer are Keras' own.
"""

from functools import partial

from bench.modes.keras_loop import KerasLoop

open_trainer = partial(KerasLoop, run_eagerly=False, jit_compile=False)
