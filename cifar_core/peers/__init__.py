"""The built-in networks as a person would write them in PyTorch and in JAX; weights have the names of TensorFlow's."""
