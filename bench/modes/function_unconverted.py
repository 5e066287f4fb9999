"""tf.function without AutoGraph: tracing alone records the graph, so `step` may hold no Python loop over tensors.

It differs from `function` in autograph=False.
"""

from functools import partial

from bench.modes.traced import TracedTrainer

open_trainer = partial(TracedTrainer, autograph=False)
