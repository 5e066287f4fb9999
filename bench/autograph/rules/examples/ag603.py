"""AG603: AutoGraph finds a lambda by its line and its arguments, and here two fit."""

import tensorflow as tf


def fails():
    plus, minus = tf.function(lambda x: x + 1.0 if x > 0.0 else x), tf.function(lambda x: x - 1.0 if x > 0.0 else x)
    return plus(tf.constant(1.0)), minus(tf.constant(1.0))


def passes():
    @tf.function
    def plus(x):
        return x + 1.0 if x > 0.0 else x

    @tf.function
    def minus(x):
        return x - 1.0 if x > 0.0 else x

    return plus(tf.constant(1.0)), minus(tf.constant(1.0))
