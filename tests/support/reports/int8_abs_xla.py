"""tensorflow#118178: small integers overflow in a product, abs() of it under tf.where."""

import tensorflow as tf


@tf.function(jit_compile=True)
def magnitude(a):
    product = a * a
    return tf.where(product < 0, tf.abs(product), product)


def drive():
    a = tf.constant([12, 7, 20, 15, 11], tf.int8)
    return [magnitude(a) for _ in range(3)]
