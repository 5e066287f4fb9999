"""tensorflow#35335: a Variable summed up while a dataset is walked inside a tf.function, and then returned."""

import tensorflow as tf

seen = tf.Variable(0, dtype=tf.int64)


@tf.function
def total(numbers):
    seen.assign(0)
    for number in numbers:
        seen.assign_add(number)
    return seen


def drive():
    data = tf.data.Dataset.range(5)
    return [total(data) for _ in range(3)]
