"""AG309: the cache gives the second graph a tensor of the first."""

import functools

import tensorflow as tf


def fails():
    @functools.lru_cache
    def table(size):
        return tf.range(size)

    @tf.function
    def first(x):
        return x + table(3)

    @tf.function
    def second(x):
        return x - table(3)

    return first(tf.constant(1)), second(tf.constant(1))


def passes():
    @functools.lru_cache
    def sizes(size):
        return tuple(range(size))

    @tf.function
    def first(x):
        return x + tf.constant(sizes(3))

    @tf.function
    def second(x):
        return x - tf.constant(sizes(3))

    return first(tf.constant(1)), second(tf.constant(1))
