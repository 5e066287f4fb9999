"""AG807: the gradient of the branch not taken is infinite, and XLA multiplies it by zero."""

import tensorflow as tf


def fails():
    @tf.function(jit_compile=True)
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.where(x > 0.0, tf.sqrt(x), 0.0)
        return tape.gradient(y, x)

    return slope(tf.constant([0.0, 4.0]))


def passes():
    @tf.function(jit_compile=True)
    def slope(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            safe = tf.where(x > 0.0, x, 1.0)
            y = tf.where(x > 0.0, tf.sqrt(safe), 0.0)
        return tape.gradient(y, x)

    return slope(tf.constant([0.0, 4.0]))
