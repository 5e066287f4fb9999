"""HOW a training step is executed and timed. One file is one station on the line from clock to report."""
