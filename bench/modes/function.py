"""tf.function: AutoGraph rewrites `step`, tracing runs it once to record a graph, and each call runs the graph.

It differs from `eager` in that Python no longer runs the step's ops. tf.function has no options here: the other modes
that trace a step each add one to it.
"""

from bench.modes.traced import TracedTrainer

open_trainer = TracedTrainer
