"""Own models of a person's, which other backends may be asked to run."""

from typing import Any


def sequential() -> Any:
    """Of Keras' own layers, with batch normalisation, compiled."""
    import keras

    layers = keras.layers
    first = [layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization(), layers.GlobalAveragePooling2D()]
    return _compiled(keras.Sequential([keras.Input((32, 32, 3)), *first, layers.Dense(10)]))


def _compiled(model: Any) -> Any:
    import keras

    model.compile(keras.optimizers.Adam(2e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def of_sgd() -> Any:
    """The same with another optimizer."""
    import keras

    model = sequential()
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def own_step() -> Any:
    """A training step of its own."""
    import keras

    class Stepping(keras.Sequential):  # type: ignore[misc]
        def train_step(self, data: Any) -> Any:
            return super().train_step(data)

    return _compiled(Stepping([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10)]))


def undescribed() -> Any:
    """Subclassed, without a get_config that says with what it is made."""
    import keras

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self, out: Any) -> None:
            super().__init__()
            self.flat, self.out = keras.layers.Flatten(), out

        def call(self, x: Any) -> Any:
            return self.out(self.flat(x))

    return _compiled(Net(keras.layers.Dense(10)))


def of_own_layers() -> Any:
    """A layer that the other backend's process does not know."""
    import keras

    class Half(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x / 2

    flat = [keras.Input((32, 32, 3)), keras.layers.Flatten()]
    return _compiled(keras.Sequential([*flat, Half(), keras.layers.Dense(10)]))


def of_lambda() -> Any:
    """A Lambda, whose code Keras does not take out of a file."""
    import keras

    flat = [keras.Input((32, 32, 3)), keras.layers.Flatten()]
    return _compiled(keras.Sequential([*flat, keras.layers.Lambda(lambda x: x / 2), keras.layers.Dense(10)]))
