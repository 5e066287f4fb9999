"""Each rule's example: `fails()` breaks it, `passes()` does the same soundly. The tests run both in every mode."""
