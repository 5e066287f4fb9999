"""Keras' fit with jit_compile=True: its train step is compiled by XLA, its loop is Python."""

from functools import partial

from bench.modes.keras_loop import KerasLoop

open_trainer = partial(KerasLoop, run_eagerly=False, jit_compile=True)
