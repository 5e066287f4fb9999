"""`check`: source files -> findings, without running them."""
