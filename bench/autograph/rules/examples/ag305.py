"""AG305: the loop's body is traced once in a graph of its own, and the list keeps a tensor of that graph."""

import tensorflow as tf


def fails():
    @tf.function
    def squares(n):
        rows = []
        for i in tf.range(n):
            rows.append(i * i)
        return tf.stack(rows)

    return squares(tf.constant(3))


def passes():
    @tf.function
    def squares(n):
        rows = tf.TensorArray(tf.int32, size=n)
        for i in tf.range(n):
            rows = rows.write(i, i * i)
        return rows.stack()

    return squares(tf.constant(3))
