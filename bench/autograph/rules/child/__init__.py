"""The process that runs a rule's example in each mode, with TensorFlow."""
