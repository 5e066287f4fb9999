"""A run in pytest-benchmark's terms: its file, the names of its tests, the samples they show."""
