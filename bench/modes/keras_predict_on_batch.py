"""Keras' `predict_on_batch`: one call of the traced graph for a batch, with the answer as NumPy arrays.

It differs from `keras_predict` in that nothing is around the call.
"""

from functools import partial

from bench.modes.keras_answer import KerasAnswer

open_trainer = partial(KerasAnswer, method="predict_on_batch")
