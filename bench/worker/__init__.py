"""Inside a child process, with TensorFlow: one case, timed."""
