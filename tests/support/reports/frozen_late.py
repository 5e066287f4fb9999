"""keras#4674, keras#9240: a layer frozen between two calls of a train step that is already traced."""

import keras
import tensorflow as tf

keras.utils.set_random_seed(2)
body = keras.layers.Dense(3)
head = keras.layers.Dense(1)
body.build([None, 4])
head.build([None, 3])
optimizer = keras.optimizers.SGD(0.1)
optimizer.build(body.trainable_variables + head.trainable_variables)


@tf.function
def step(x):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(head(body(x)) - 1.0))
    weights = body.trainable_variables + head.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss


def drive():
    x = tf.ones([2, 4])
    losses = [step(x)]
    body.trainable = False
    losses += [step(x), step(x)]
    return losses, tf.identity(body.kernel)
