"""Which functions are compiled, and what a rule sees of one: its parameters, its body, what it changes and reaches."""
