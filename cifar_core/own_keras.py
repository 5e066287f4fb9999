"""A person's own keras.Model: compiled with its loss, which then serves every mode. Leaves out Keras' own loop."""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

_RATES = ("rate", "dropout", "recurrent_dropout", "stddev")  # attributes of Keras' own random layers; 0 means none


_STEP = ("train_step", "compute_loss", "compile")  # methods of a model that decide what its step is


class PlainLoss(keras.losses.Loss):
    """A plain loss(labels, outputs), whose labels Keras would else turn into floats."""

    def __init__(self, loss: Callable[[Any, Any], Any]) -> None:
        super().__init__(name="loss")
        self._loss = loss

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        return tf.reduce_mean(self._loss(y_true, y_pred))


def random_layers(model: Any) -> tuple[str, ...]:
    """The kinds of the model's layers, nested ones included, that draw random numbers in training: ("Dropout",)."""
    layers = model._flatten_layers()  # the one way to also reach the layers inside layers
    return tuple(dict.fromkeys(type(layer).__name__ for layer in layers if _has_seed(layer) and _has_effect(layer)))


def of_keras_alone(model: Any) -> bool:
    """Whether all its layers are Keras' own, nested ones and the model itself included."""
    return all(type(layer).__module__.partition(".")[0] == "keras" for layer in model._flatten_layers())


def computes_in(model: Any) -> str:
    """The name of the lowest precision that a layer's own policy computes in; '' where all compute in float32."""
    found = {layer.compute_dtype for layer in model._flatten_layers()}
    return next((f"mixed_{name}" for name in ("bfloat16", "float16") if name in found), "")


def own_step(model: Any, optimizer: Any) -> str:
    """What Keras' `train_step` of the model does beside a forward pass, gradients and an update by them.

    With it no other step is the one that people train. '' for nothing.
    """
    written = [name for name in _STEP if getattr(type(model), name) is not getattr(keras.Model, name)]
    given = optimizer or getattr(model, "optimizer", None)  # which a model that is not compiled lacks
    if written or "train_step" in vars(model):
        return f"it has a {(*written, 'train_step')[0]} of its own"
    if isinstance(given, keras.optimizers.LossScaleOptimizer):
        return "its optimizer scales the loss"
    gathers = getattr(given, "gradient_accumulation_steps", None)
    return "its optimizer gathers gradients over several steps" if gathers else ""


def _has_seed(layer: Any) -> bool:
    return any(isinstance(value, keras.random.SeedGenerator) for value in vars(layer).values())


def ready(model: Any, loss: Any, optimizer: Any) -> Any:
    """The model, compiled for its own step; as it is where the person has compiled it and gives nothing else."""
    if loss is not None or optimizer is not None or not model.compiled:
        kept = getattr(model, "optimizer", None), getattr(model, "loss", None)
        model.compile(optimizer=optimizer or kept[0] or "adam", loss=loss or kept[1])
    return model


def _has_effect(layer: Any) -> bool:
    """A layer may hold a seed that it never draws from, as a GRU without dropout does."""
    rates = [getattr(layer, name) for name in _RATES if hasattr(layer, name)]
    return not rates or any(rates)


def compiled(model: Any, loss: Any, optimizer: Any) -> tuple[Callable[[Any, Any], Any], Any]:
    """The model's loss(labels, outputs) -> scalar, regularisation included, and its optimizer or None.

    What is given goes before what the model was compiled with, and that before the defaults.
    """
    if model.compiled and optimizer is None:
        optimizer = model.optimizer
    if loss is None and not (model.compiled and model.loss is not None):
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    if loss is not None:
        plain = callable(loss) and not isinstance(loss, keras.losses.Loss)
        model.compile(optimizer, PlainLoss(loss) if plain else loss)
    model._compile_metrics = None  # compile() keeps those it is not given anew; no other mode computes them
    return lambda labels, outputs: model.compute_loss(y=labels, y_pred=outputs), optimizer
