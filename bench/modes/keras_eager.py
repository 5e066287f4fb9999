"""Keras' fit without a graph: every op of its train step is dispatched by Python.

It differs from `keras_fit` in run_eagerly=True.
"""

from functools import partial

from bench.modes.keras_loop import KerasLoop

open_trainer = partial(KerasLoop, run_eagerly=True, jit_compile=False)
