"""Records as documents. Measures nothing, starts nothing."""
