"""A keras.Model made on another backend than TensorFlow's from its own description. No mode itself."""

from typing import Any

import keras

from bench.errors import NotApplicable
from bench.modes.peer_task import PeerVariable
from cifar_core.errors import quoted
from cifar_core.handed_over import HandedOver


def rebuilt(handed: HandedOver) -> Any:
    """The network on this backend. Raises NotApplicable where Keras cannot make it from its own description."""
    if not handed.keras_model:
        raise NotApplicable(f"{handed.model} has no twin in Keras' layers")
    try:
        return keras.models.model_from_json(handed.keras_model)
    except (TypeError, ValueError, NotImplementedError) as error:
        reason = quoted(str(error).rpartition("Exception encountered:")[2])  # the innermost of Keras' own
        raise NotApplicable(f"Keras cannot rebuild the model from its configuration: {reason}") from error


def by_name(model: Any, handed: HandedOver) -> dict[str, Any]:
    """The model's variables by the names of those that were handed over; an own model's have the same order."""
    if not handed.own_model:
        return {"_".join(v.path.split("/")[-2:]): v for v in model.variables}
    averages = [v for v in model.non_trainable_variables if keras.backend.is_float_dtype(v.dtype)]
    names = (*handed.weights, *handed.averages)
    return dict(zip(names, (*model.trainable_variables, *averages), strict=True))


def variable_of(name: str, variable: Any) -> PeerVariable:
    """One of Keras' variables as an array."""
    return PeerVariable(name, tuple(variable.shape), lambda: keras.ops.convert_to_numpy(variable), variable.assign)
