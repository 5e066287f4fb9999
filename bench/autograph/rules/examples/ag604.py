"""AG604: a generator is Python's: over a dataset it goes on for ever while tracing. Here it gives up."""

import tensorflow as tf


def fails():
    iterations = []

    def endless(rows):
        for row in rows:
            iterations.append(1)  # noqa: AG301 (it counts the iterations)
            if len(iterations) > 100:
                raise RuntimeError("still tracing after 100 iterations of 5")
            yield row

    @tf.function
    def total(rows):
        result = tf.constant(0, tf.int64)
        for row in endless(rows):
            result += row
        return result

    return total(tf.data.Dataset.range(5))


def passes():
    @tf.function
    def total(rows):
        result = tf.constant(0, tf.int64)
        for row in rows:
            result += row
        return result

    return total(tf.data.Dataset.range(5))
