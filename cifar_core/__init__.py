"""WHAT is trained: the data, the models, the optimizers and the one train step. Knows nothing of timing."""
