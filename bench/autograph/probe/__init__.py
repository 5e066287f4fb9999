"""`probe`: somebody's code run in several modes, and what differed."""
