"""keras.io: a driver that returns what fit() returns."""

import keras
import numpy as np


def drive():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.layers.Input([4]), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model.fit(np.ones([8, 4], np.float32), np.ones([8, 1], np.float32), verbose=0)
