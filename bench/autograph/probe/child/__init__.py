"""The child process of `probe`: runs the user's code in one mode and watches it, with TensorFlow."""
