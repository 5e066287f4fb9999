"""Keras' fit with run_eagerly=True: no graph, every op of its train step is dispatched by Python."""

from functools import partial

from bench.modes.keras_loop import KerasLoop

open_trainer = partial(KerasLoop, run_eagerly=True, jit_compile=False)
