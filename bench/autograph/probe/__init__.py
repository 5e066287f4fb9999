"""`probe`: runs the user's code in several modes and compares what it does."""
