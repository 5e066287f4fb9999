"""Keras' fit whose train step is compiled by XLA; its loop is Python.

It differs from `keras_fit` in jit_compile=True.
"""

from functools import partial

from bench.modes.keras_loop import KerasLoop

open_trainer = partial(KerasLoop, run_eagerly=False, jit_compile=True)
