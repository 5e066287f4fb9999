"""PyTorch's eager mode: Python runs every op of the step, one at a time.

It differs from `eager` in the framework: PyTorch's ops, autograd and Adam.
"""

from bench.modes.torch_trainer import TorchTrainer

open_trainer = TorchTrainer
