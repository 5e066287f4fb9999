"""`explain`: shows every stage of one function, from Python to machine code."""
