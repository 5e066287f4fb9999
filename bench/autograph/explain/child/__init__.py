"""The child process of `explain`: imports the user's function and examines each stage, with TensorFlow."""
