"""The process that imports the person's function and looks at each stage, with TensorFlow."""
