"""The figures, and the only imports of matplotlib: one file a kind of report, canvas.py what they share."""
