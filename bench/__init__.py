"""HOW a training step is executed and timed. Each file is one station on the way from the timer to the report."""
