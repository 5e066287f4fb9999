"""Rule AG708: attributes that are set after the trace that read them."""

from pathlib import Path

import pytest
from snippets import expected, reported

LATER = [
    """
    body = keras.layers.Dense(3)
    drop = keras.layers.Dropout(0.5)
    optimizer = keras.optimizers.SGD(0.1)

    @tf.function
    def step(x):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(drop(body(x), training=True))
        optimizer.apply_gradients(zip(tape.gradient(loss, body.trainable_variables), body.trainable_variables))
        return loss

    def train(x):
        drop.rate = 0.3
        step(x)
        body.trainable = False  #! AG708
        drop.rate = 0.1  #! AG708
        setattr(optimizer, "clipnorm", 1.0)  #! AG708
        optimizer.learning_rate = 0.01
        step(x)
        body.trainable = True
    """,
    """
    import types

    settings = types.SimpleNamespace(rate=1.0, other=2.0)

    @tf.function
    def step(x):
        return helper(x)

    def helper(x):
        return x * settings.rate

    def train(x):
        for _ in range(3):
            step(x)
            settings.rate = settings.rate / 2  #! AG708
            settings.other = 3.0
    """,
    """
    model = keras.Sequential([keras.layers.Dense(1)])

    @tf.function
    def step(x):
        return model(x)

    def train(x, y):
        model.fit(x, y)
        for layer in model.layers:
            layer.trainable = False  #! AG708
        model.fit(x, y)

    def compiled_anew(x, y):
        model.fit(x, y)
        model.trainable = False
        model.compile("sgd", "mse")
        model.fit(x, y)

    def direct(x):
        step(x)
        model.layers[0].trainable = False  #! AG708
        return step(x)
    """,
]
HELD = [
    """
    class Trainer:
        def __init__(self):
            self.body = keras.layers.Dense(3)
            self.other = keras.layers.Dense(3)

        @tf.function
        def step(self, x):
            return self.body(x)

        def run(self, x):
            self.step(x)
            self.body.trainable = False  #! AG708
            self.other.trainable = False
            return self.step(x)

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.drop = keras.layers.Dropout(0.5)

        def call(self, x):
            return self.drop(x)

    def outside(x):
        trainer = Trainer()
        trainer.step(x)
        trainer.body.trainable = False  #! AG708
        return trainer.step(x)

    def closed_over(x):
        net = Net()

        @tf.function
        def step(x):
            return net(x)

        step(x)
        net.trainable = False  #! AG708
        net.drop.rate = 0.1  #! AG708
        return step(x)
    """,
]
BEFORE = [
    """
    body, other = keras.layers.Dense(3), keras.layers.Dense(3)

    @tf.function
    def step(x):
        return body(x)

    def train(x):
        body.trainable = False
        step(x)
        other.trainable = False
        return step(x)

    def last(x):
        step(x)
        body.trainable = False
        return body.kernel
    """,
]


@pytest.mark.parametrize("source", [*LATER, *HELD, *BEFORE])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
