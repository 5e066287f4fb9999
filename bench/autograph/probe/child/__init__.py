"""The process that runs somebody's code in one mode and watches it, with TensorFlow."""
