"""The computer: what it is, what it counts, how processes are started and talked to."""
