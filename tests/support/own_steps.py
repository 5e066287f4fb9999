"""People's own steps for the tests, in the habits of Keras' guides: for `--model own_steps:<name>` and `--step`."""

import warnings
from typing import Any

import numpy as np
import tensorflow as tf


def _images(size: int, seed: int) -> Any:
    return [np.random.default_rng(seed + n).normal(size=(size, 8)).astype(np.float32) for n in range(3)]


def _pairs(size: int, seed: int) -> Any:
    return [(x, x.sum(axis=1, keepdims=True)) for x in _images(size, seed)]


def gan() -> Any:
    """Two networks, two optimizers, a compile() and metrics of its own, batches without labels."""
    import keras

    class Gan(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            dense = keras.layers.Dense
            self.critic = keras.Sequential([keras.Input((8,)), dense(8, "tanh"), dense(1)])
            self.maker = keras.Sequential([keras.Input((2,)), dense(8)])
            self.seen, self.noise = keras.metrics.Mean(name="seen"), keras.random.SeedGenerator(3)

        def compile(self, critic: Any, maker: Any) -> None:
            super().compile()
            self.critic_optimizer, self.maker_optimizer = critic, maker

        def train_step(self, real: Any) -> Any:
            noise = keras.random.normal((4, 2), seed=self.noise)
            for _ in range(2):
                with tf.GradientTape() as tape:
                    loss = tf.reduce_mean(tf.nn.softplus(self.critic(self.maker(noise))))
                    loss += tf.reduce_mean(tf.nn.softplus(-self.critic(real)))
                weights = self.critic.trainable_variables
                self.critic_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
            with tf.GradientTape() as tape:
                fooled = tf.reduce_mean(tf.nn.softplus(-self.critic(self.maker(noise))))
            weights = self.maker.trainable_variables
            self.maker_optimizer.apply_gradients(zip(tape.gradient(fooled, weights), weights, strict=True))
            self.seen.update_state(loss)
            return {"seen": self.seen.result(), "fooled": fooled}

    model = Gan()
    model.compile(keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(1e-3))
    return {"model": model, "batch": _images}


def penalised() -> Any:
    """A train_step that adds a penalty, which no other step knows of."""
    import keras

    class Penalised(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.out = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.out(x)

        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.compute_loss(y=y, y_pred=self(x, training=True)) + tf.reduce_sum(self.out.kernel**2)
            weights = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
            return {"loss": loss}

    model = Penalised()
    model.compile("sgd", "mse")
    return {"model": model, "batch": _pairs}


def untraceable() -> Any:
    """A train_step that asks for a number, which a graph has not."""
    given = penalised()
    plain = given["model"].train_step

    def train_step(data: Any) -> Any:
        logs = plain(data)
        logs["loss"].numpy()
        return logs

    given["model"].train_step = train_step
    return given


def _dense(optimizer: Any, batch: Any = _pairs) -> Any:
    import keras

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
    model.compile(optimizer, "mse")
    return {"model": model, "batch": batch}


def accumulating() -> Any:
    import keras

    return _dense(keras.optimizers.Adam(1e-3, gradient_accumulation_steps=4))


def loss_scaled() -> Any:
    import keras

    return _dense(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.01, 0.9)))


def averaged() -> Any:
    import keras

    return _dense(keras.optimizers.Adam(1e-3, use_ema=True, ema_momentum=0.9))


def weighted() -> Any:
    """Batches of three: a weight for each example."""
    return _dense("adam", lambda size, seed: [(x, y, np.abs(x[:, 0])) for x, y in _pairs(size, seed)])


def training_only() -> Any:
    """A layer that only a training call uses, and so builds."""
    import keras

    class Helped(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.out, self.help = keras.layers.Dense(1), keras.layers.Dense(1)

        def call(self, x: Any, training: bool = False) -> Any:
            return self.out(x) + self.help(x) if training else self.out(x)

    model = Helped()
    with warnings.catch_warnings():  # that not all is built, which is the point
        warnings.simplefilter("ignore")
        model(np.zeros((1, 8), np.float32))
    model.compile("adam", "mse")
    return {"model": model, "batch": _pairs}


def lengths() -> Any:
    """Sentences of several lengths."""
    import keras

    words = keras.Input([None], dtype="int32")
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Embedding(20, 4)(words))
    model = keras.Model(words, keras.layers.Dense(1)(x))
    model.compile("adam", "mse")

    def batch(size: int, seed: int) -> Any:
        draw = np.random.default_rng(seed)
        return [(draw.integers(0, 20, (size, n)), draw.normal(size=(size, 1))) for n in (3, 5, 4)]

    return {"model": model, "batch": batch}


def two_optimizers() -> Any:
    """A step without a model: --step own_steps:two_optimizers."""
    import keras

    nets = [keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)]) for _ in range(2)]
    optimizers = [keras.optimizers.Adam(1e-3), keras.optimizers.SGD(1e-2, momentum=0.9)]

    def step(batch: Any) -> Any:
        x, y = batch
        losses = []
        for net, optimizer in zip(nets, optimizers, strict=True):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((net(x) - y) ** 2)
            weights = net.trainable_variables
            optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
            losses.append(loss)
        return {"first": losses[0], "both": tf.stack(losses)}

    return {"step": step, "batches": _pairs(4, 0)}


def silent(batch_size: int, seed: int) -> Any:
    """Changes a variable and gives nothing back."""
    total = tf.Variable(tf.ones(8))

    def step(batch: Any) -> None:
        total.assign_add(tf.reduce_mean(batch, axis=0))

    return {"step": step, "batches": _images(batch_size, seed), "variables": [total]}


SEEN = tf.Variable(tf.range(4.0), name="seen")


@tf.function  # type: ignore[untyped-decorator]
def halved(amount: Any, times: int = 1) -> Any:
    """The step itself, under tf.function as people leave it: --step own_steps:halved --args '...'."""
    SEEN.assign(SEEN * 0.5 + amount * float(times))
    return SEEN * 2.0


def misspelt_step() -> Any:
    return {"step": halved, "batch": []}
