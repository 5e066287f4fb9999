"""A run as pytest-benchmark knows it: its file, the names of its tests, the samples they show."""
