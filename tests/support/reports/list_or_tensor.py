"""tensorflow#37512: the same function is given a list of tensors, and then one stacked tensor."""

import tensorflow as tf


@tf.function
def doubled(values):
    out = []
    for value in values:
        out.append(value * 2.0)
    return out


def drive():
    rows = [tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0])]
    return doubled(rows), doubled(rows), doubled(tf.stack(rows))
