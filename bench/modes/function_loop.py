"""The whole loop in one tf.function: AutoGraph turns the Python `for` into a while loop of the graph.

It differs from `function` in that the loop over steps is part of the graph.
"""

from bench.modes.traced_loop import LoopTrainer

open_trainer = LoopTrainer
