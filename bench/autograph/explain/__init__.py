"""`explain`: one function taken through every stage from Python to machine code."""
