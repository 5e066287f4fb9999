"""Small models with a training step or a loss of their own, in the habits of Keras' guides."""

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops


def vectors(size, seed, n=4, width=8):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(size, width)).astype("float32") for _ in range(n)]


def pairs(size, seed):
    return [(x, x.sum(axis=1, keepdims=True)) for x in vectors(size, seed)]


class GAN(keras.Model):
    def __init__(self, discriminator, generator, latent_dim):
        super().__init__()
        self.discriminator, self.generator, self.latent_dim = discriminator, generator, latent_dim
        self.d_loss_tracker = keras.metrics.Mean(name="d_loss")
        self.g_loss_tracker = keras.metrics.Mean(name="g_loss")
        self.seed_generator = keras.random.SeedGenerator(1337)

    @property
    def metrics(self):
        return [self.d_loss_tracker, self.g_loss_tracker]

    def compile(self, d_optimizer, g_optimizer, loss_fn):
        super().compile()
        self.d_optimizer, self.g_optimizer, self.loss_fn = d_optimizer, g_optimizer, loss_fn

    def train_step(self, real_images):
        batch_size = tf.shape(real_images)[0]
        noise = keras.random.normal(shape=(batch_size, self.latent_dim), seed=self.seed_generator)
        generated = self.generator(noise)
        combined = tf.concat([generated, real_images], axis=0)
        labels = tf.concat([tf.ones((batch_size, 1)), tf.zeros((batch_size, 1))], axis=0)
        labels += 0.05 * keras.random.uniform(tf.shape(labels), seed=self.seed_generator)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(combined)
            d_loss = self.loss_fn(labels, predictions)
        grads = tape.gradient(d_loss, self.discriminator.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.discriminator.trainable_weights))
        noise = keras.random.normal(shape=(batch_size, self.latent_dim), seed=self.seed_generator)
        with tf.GradientTape() as tape:
            predictions = self.discriminator(self.generator(noise))
            g_loss = self.loss_fn(tf.zeros((batch_size, 1)), predictions)
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_weights))
        self.d_loss_tracker.update_state(d_loss)
        self.g_loss_tracker.update_state(g_loss)
        return {"d_loss": self.d_loss_tracker.result(), "g_loss": self.g_loss_tracker.result()}


def gan():
    critic = keras.Sequential(
        [keras.Input((8,)), layers.Dense(8), layers.LeakyReLU(negative_slope=0.2), layers.Dense(1)]
    )
    maker = keras.Sequential(
        [keras.Input((4,)), layers.Dense(8), layers.LeakyReLU(negative_slope=0.2), layers.Dense(8)]
    )
    model = GAN(critic, maker, 4)
    model.compile(
        keras.optimizers.Adam(3e-4), keras.optimizers.Adam(3e-4), keras.losses.BinaryCrossentropy(from_logits=True)
    )
    return {"model": model, "batch": vectors}


class Accumulating(keras.Model):
    def __init__(self, n=4):
        super().__init__()
        self.n, self.dense = n, layers.Dense(1)
        self.count = tf.Variable(0, dtype=tf.int32, trainable=False)

    def build(self, shape):
        self.dense.build(shape)
        self.gathered = [tf.Variable(tf.zeros(v.shape), trainable=False) for v in self.trainable_variables]
        self.built = True

    def call(self, x):
        return self.dense(x)

    def train_step(self, data):
        x, y = data
        self.count.assign_add(1)
        with tf.GradientTape() as tape:
            loss = self.compute_loss(x, y, self(x, training=True))
        for held, g in zip(self.gathered, tape.gradient(loss, self.trainable_variables)):
            held.assign_add(g)
        tf.cond(tf.equal(self.count, self.n), self.apply_gathered, lambda: None)
        for m in self.metrics:
            if m.name == "loss":
                m.update_state(loss)
            else:
                m.update_state(y, self(x))
        return {m.name: m.result() for m in self.metrics}

    def apply_gathered(self):
        self.optimizer.apply_gradients(zip([g / self.n for g in self.gathered], self.trainable_variables))
        self.count.assign(0)
        for g in self.gathered:
            g.assign(tf.zeros_like(g))


def accumulation():
    model = Accumulating()
    model.compile(keras.optimizers.Adam(1e-2), "mse", metrics=["mae"])
    return {"model": model, "batch": pairs}


class MeanTeacher(keras.Model):
    def __init__(self, student, teacher, momentum=0.9):
        super().__init__()
        self.student, self.teacher, self.momentum = student, teacher, momentum
        self.teacher.trainable = False
        self.teacher.set_weights(self.student.get_weights())

    def call(self, x, training=False):
        return self.student(x, training=training)

    def train_step(self, data):
        x, y = data
        targets = self.teacher(x, training=False)
        with tf.GradientTape() as tape:
            y_pred = self.student(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred) + tf.reduce_mean((y_pred - targets) ** 2)
        grads = tape.gradient(loss, self.student.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.student.trainable_variables))
        for t, s in zip(self.teacher.weights, self.student.weights):
            t.assign(self.momentum * t + (1 - self.momentum) * s)
        return {"loss": loss}


def mean_teacher():
    student, teacher = (keras.Sequential([keras.Input((8,)), layers.Dense(8, "relu"), layers.Dense(1)]) for _ in "st")
    model = MeanTeacher(student, teacher)
    model.compile("adam", "mse")
    return {"model": model, "batch": pairs}


class OwnLoss(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")

    def compute_loss(self, x, y, y_pred, sample_weight, training=True):
        loss = ops.mean(ops.square(y_pred - y)) + ops.sum(self.losses)
        self.loss_tracker.update_state(loss)
        return loss

    def reset_metrics(self):
        self.loss_tracker.reset_state()

    @property
    def metrics(self):
        return [self.loss_tracker]


def own_loss():
    inputs = keras.Input((8,))
    x = layers.Dense(
        8, "relu", activity_regularizer=keras.regularizers.L1(1e-3), kernel_constraint=keras.constraints.MaxNorm(2)
    )(inputs)
    model = OwnLoss(inputs, layers.Dense(1)(x))
    model.compile(optimizer="adam")
    return {"model": model, "batch": pairs}


class Siamese(keras.Model):
    def __init__(self, net, margin=0.5):
        super().__init__()
        self.net, self.margin = net, margin

    def call(self, inputs):
        a, p, n = (self.net(x) for x in inputs)
        return ops.sum((a - p) ** 2, -1), ops.sum((a - n) ** 2, -1)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            near, far = self(data)
            loss = tf.reduce_mean(tf.maximum(near - far + self.margin, 0.0))
        grads = tape.gradient(loss, self.net.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_weights))
        return {"loss": loss}


def siamese():
    model = Siamese(
        keras.Sequential([keras.Input((8,)), layers.Dense(8, "relu"), layers.UnitNormalization(), layers.Dense(4)])
    )
    model.compile(optimizer=keras.optimizers.Adam(1e-3, clipnorm=1.0), weighted_metrics=[])
    return {"model": model, "batch": lambda size, seed: [tuple(vectors(size, seed + n, 3)) for n in range(4)]}
