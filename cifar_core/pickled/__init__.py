"""Pickles of plain values and NumPy arrays, read without running anything: reader.read is the way in."""
